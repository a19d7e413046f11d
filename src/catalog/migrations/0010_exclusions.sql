-- What a license forbids, whatever else it says: codes separated by spaces. A NULL excludes nothing,
-- which is what every license said so far.
ALTER TABLE license ADD COLUMN excluded_territories TEXT;
ALTER TABLE license ADD COLUMN excluded_placements TEXT;
