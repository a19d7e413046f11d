#!/usr/bin/env python3
"""When civil days begin, as Python's zoneinfo has it: the oracle of tests/calendar.rs.

    python3 civil_days.py SEED COUNT [FOLDER]

takes the zone rules from FOLDER, a tree of TZif files, else from the tzdata package if it is
installed, else from the system, and prints the release of the zone rules used, `rules 2026a`, and then COUNT lines
`ZONE DATE START CUTOFF`: the first instants of the day and of the next one, in milliseconds since
1970. The release of a FOLDER is `given`. Half of the days lie within a day of a change of the
zone's offset. Ends with 3 if there are no zone rules.
"""

import random
import sys
import zoneinfo
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = date(1970, 1, 1), date(2037, 12, 31)
DAY, MILLISECOND = timedelta(days=1), timedelta(milliseconds=1)


def use_rules(folder):
    """Takes the rules from the first place that has them: their release and the zones' names."""
    if folder:
        zoneinfo.reset_tzpath(to=(folder,))
        files = (path for path in Path(folder).rglob("*") if path.is_file())
        return "given", {path.relative_to(folder).as_posix() for path in files}
    try:
        import tzdata

        zoneinfo.reset_tzpath(to=())
        return tzdata.IANA_VERSION, zoneinfo.available_timezones()
    except ImportError:
        pass
    for path in map(Path, zoneinfo.TZPATH):
        for name in ("tzdata.zi", "+VERSION"):
            if (path / name).is_file():
                version = (path / name).open().readline().removeprefix("# version").strip()
                return version, zoneinfo.available_timezones()
    return None, set()


def first_instant(zone, day):
    """The first instant at which a clock in the zone shows this day or a later one."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    before, after = (midnight.replace(fold=fold).utcoffset() for fold in (0, 1))
    naive = midnight.replace(tzinfo=UTC)
    if before >= after:  # one midnight, or two: the first of them
        return naive - before
    low, high = naive - after, naive - before  # none: search the jump over it
    while high - low > MILLISECOND:
        middle = low + (high - low) // 2 // MILLISECOND * MILLISECOND
        if middle.astimezone(zone).date() >= day:
            high = middle
        else:
            low = middle
    return high


def walk(zone, day):
    """The same in small steps through the two days around, as bounds of the instant."""
    step = timedelta(minutes=5)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=27)
    while at.astimezone(zone).date() < day:
        at += step
    return at - step, at


def check(zone, day, instant):
    assert instant.astimezone(zone).date() >= day, (zone, day)
    assert (instant - MILLISECOND).astimezone(zone).date() < day, (zone, day)


def changes(zone):
    """Days on which the zone's offset changed; not all of those less than four weeks apart."""
    found, at = [], datetime(1970, 1, 5, tzinfo=UTC)
    while at.year < 2038:
        low, high = at, at + 28 * DAY
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            offset = low.astimezone(zone).utcoffset()
            while high - low > timedelta(hours=1):
                middle = low + (high - low) / 2
                if middle.astimezone(zone).utcoffset() == offset:
                    low = middle
                else:
                    high = middle
            found.append(high.astimezone(zone).date())
        at += 28 * DAY
    return found


def millis(instant):
    return (instant - EPOCH) // MILLISECOND


def main():
    seed, count = sys.argv[1], int(sys.argv[2])
    rules, names = use_rules(sys.argv[3] if len(sys.argv) > 3 else None)
    names = sorted(names - {"Factory", "localtime"})
    if not names:
        sys.exit(3)
    print("rules", rules)
    chance = random.Random(seed)
    zones = {name: zoneinfo.ZoneInfo(name) for name in names}
    days_of = {name: changes(zone) for name, zone in zones.items()}
    for number in range(count):
        name = chance.choice(names)
        day = FIRST + chance.randrange((LAST - FIRST).days + 1) * DAY
        if number % 2 and days_of[name]:
            day = min(chance.choice(days_of[name]) + chance.randrange(-1, 2) * DAY, LAST)
        instants = [first_instant(zones[name], day), first_instant(zones[name], day + DAY)]
        for instant, begun in zip(instants, (day, day + DAY)):
            check(zones[name], begun, instant)
            if number % 100 == 1:
                low, high = walk(zones[name], begun)
                assert low < instant <= high, (name, begun)
        print(name, day, *map(millis, instants))


main()
