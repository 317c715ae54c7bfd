/// Who walks a route: who he is, whose credentials he carries, and through which door he leaves.
public struct Walker: Sendable, Equatable {
  /// Who he is, and where.
  public var caller: String
  /// Whose credentials he carries.
  public var credentials: String
  /// Where the data leaves.
  public var door: String

  /// Somebody who walks a route.
  public init(caller: String, credentials: String, door: String) {
    self.caller = caller
    self.credentials = credentials
    self.door = door
  }

  /// All three in one line.
  public var line: String { "\(caller); credentials: \(credentials); door: \(door)" }
}
