/// A file that the user gave, read by the caller.
public struct SourceFile: Sendable {
  /// The file as the user named it; messages point with it.
  public var name: String
  /// What is in it.
  public var bytes: [UInt8]

  /// A file of `bytes`.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// A file of `text`.
  public init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }

  /// What follows the last slash.
  var lastComponent: String { Self.lastComponent(of: name) }

  /// The last component without its ending: how a stack is called if nobody says otherwise.
  var stem: String {
    let last = lastComponent
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
    return String(last[..<dot])
  }

  static func lastComponent(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
