-- A check and a returning file ask which assets ever had these bytes, in any of their files, and
-- which had a file at a path that it has left. Without these, each answer reads the whole table.
CREATE INDEX file_sha256 ON file (sha256);
CREATE INDEX file_former_path ON file (folder, name) WHERE place IN ('quarantine', 'gone');
