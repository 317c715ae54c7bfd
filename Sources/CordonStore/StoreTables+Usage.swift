/// What each project holds, counted by the database itself: no way of changing rows can leave it out.
///
/// A row is charged with more than it takes, for the pages of its table and indexes that are not full: a key lies in up
/// to five of them. An unfinished upload is charged with no less than the object that it becomes, so that completing
/// one never needs room.
///
/// What is shown is charged with the delete marker that will hide it, in bytes and entries: the charge passes to the
/// marker, so that deleting never needs room either (docs/decisions/store-0004-room-for-markers.md).
extension StoreTables {
  /// What the disk gives for a file of so many bytes before encryption: whole blocks, its inode, its row.
  static func fileCharge(_ size: String) -> String {
    let (segment, tag) = (BlobFormat.segmentSize, BlobFormat.tagSize)
    let segments = "MAX(1, (\(size) + \(segment - 1)) / \(segment))"
    return "((\(size) + \(BlobFormat.headerSize) + \(segments) * \(tag) + 4095) / 4096 * 4096 + 512)"
  }

  static func fileCharge(_ size: Int64) -> Int64 {
    guard (0...BlobFormat.largestSize).contains(size) else { return .max }
    return (BlobFormat.fileSize(size: size) + 4_095) / 4_096 * 4_096 + 512
  }

  /// What is reserved for the rows of an object before its metadata is known.
  static let rowReserve: Int64 = 8_192

  /// What a delete marker is charged with; what is sealed of it has one length, and far less than 256 bytes.
  private static let marker = (bytes: "(768 + 5 * length(R.key))", entries: 1)
  /// One for a row that is shown, and so has its marker to come.
  private static let shown = "(R.latest = 1 AND R.marker = 0)"

  private struct Counted {
    var table: String
    /// SQL for what one row is charged with; `R` stands for the row.
    var bytes: String
    /// SQL for as how many entries it counts.
    var entries: String
    /// SQL for the row's data key.
    var dataKey = "R.data_key"

    func sql(_ expression: String, _ row: String) -> String {
      expression.replacing("R.", with: row + ".")
    }

    /// Adds up what is there already.
    var count: String {
      """
      UPDATE usage SET bytes = bytes + (SELECT COALESCE(SUM(\(sql(bytes, "t"))), 0) FROM \(table) t
        JOIN project_keys k ON k.id = \(sql(dataKey, "t")) WHERE k.project = usage.project),
        entries = entries + (SELECT COALESCE(SUM(\(sql(entries, "t"))), 0) FROM \(table) t
        JOIN project_keys k ON k.id = \(sql(dataKey, "t")) WHERE k.project = usage.project);
      """
    }

    var triggers: String {
      trigger("insert", "NEW", sign: "+") + trigger("delete", "OLD", sign: "-")
    }

    private func trigger(_ event: String, _ row: String, sign: String) -> String {
      """
      CREATE TRIGGER usage_\(table)_\(event) AFTER \(event) ON \(table) BEGIN
        UPDATE usage SET bytes = bytes \(sign) (\(sql(bytes, row))),
          entries = entries \(sign) (\(sql(entries, row)))
        WHERE project = (SELECT project FROM project_keys WHERE id = \(sql(dataKey, row)));
      END;

      """
    }
  }

  private static let counted = [
    Counted(table: "blobs", bytes: fileCharge("R.size"), entries: "0"),
    Counted(
      table: "versions",
      bytes: """
        CASE R.marker WHEN 1 THEN \(marker.bytes)
        ELSE 512 + length(R.sealed) + 5 * length(R.key) + \(shown) * \(marker.bytes) END
        """, entries: "1 + \(shown) * \(marker.entries)"),
    Counted(
      table: "parts", bytes: "160", entries: "1",
      dataKey: "(SELECT data_key FROM versions WHERE seq = R.version)"),
    Counted(
      table: "uploads", bytes: "1024 + length(R.sealed) + 5 * length(R.key) + \(marker.bytes)",
      entries: "1 + \(marker.entries)"),
    Counted(table: "upload_parts", bytes: "256 + length(R.sealed)", entries: "1"),
  ]

  static let usage =
    """
    CREATE TABLE usage (
      project TEXT PRIMARY KEY, bytes INTEGER NOT NULL, entries INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO usage SELECT DISTINCT project, 0, 0 FROM project_keys;
    CREATE TRIGGER usage_projects AFTER INSERT ON project_keys BEGIN
      INSERT OR IGNORE INTO usage VALUES (NEW.project, 0, 0);
    END;
    CREATE TRIGGER usage_versions_shown AFTER UPDATE OF latest ON versions WHEN NEW.marker = 0 BEGIN
      UPDATE usage SET bytes = bytes + (NEW.latest - OLD.latest) * \(marker.bytes.replacing("R.", with: "NEW.")),
        entries = entries + (NEW.latest - OLD.latest) * \(marker.entries)
      WHERE project = (SELECT project FROM project_keys WHERE id = NEW.data_key);
    END;
    CREATE TRIGGER usage_versions_sealed AFTER UPDATE OF sealed ON versions WHEN NEW.marker = 0 BEGIN
      UPDATE usage SET bytes = bytes + length(NEW.sealed) - length(OLD.sealed)
      WHERE project = (SELECT project FROM project_keys WHERE id = NEW.data_key);
    END;

    """ + counted.map { $0.count + "\n" + $0.triggers }.joined()
}
