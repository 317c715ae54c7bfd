import CordonWire

/// Tells the ways by which JupyterLab hands out a file from those by which it works.
///
/// A second layer: the notebook's own server refuses these too, but it runs inside the workspace, where whoever works
/// there can change it.
enum NotebookDownload {
  /// Whether a request's address asks for a file to keep: `/files/NAME?download`, `/nbconvert/FORMAT/NAME`.
  static func isAsked(path: String, query: String?) -> Bool {
    guard let decoded = PercentCoding.decode(path) else { return true }
    let parts = decoded.lowercased().split(separator: "/")
    if let convert = parts.firstIndex(of: "nbconvert"), convert == 0 || parts[convert - 1] != "api" {
      return true
    }
    return parts.contains("files") && saysDownload(query)
  }

  private static func saysDownload(_ query: String?) -> Bool {
    guard let query else { return false }
    // What cannot be read is read against whoever sent it.
    guard let items = URLQuery(parsing: query)?.items else { return true }
    return items.contains { $0.name.lowercased() == "download" }
  }

  /// Whether an answer is meant to be kept as a file: any disposition but `inline` (RFC 6266 §4.2).
  static func isOffered(_ headers: [(name: String, value: String)]) -> Bool {
    headers.contains { name, value in
      guard name.lowercased() == "content-disposition" else { return false }
      let type = value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
      return type.lowercased() != "inline"
    }
  }
}
