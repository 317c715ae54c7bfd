/// What a search over many rows found, and what it could not read: one damaged row does not hide the others.
public struct StoreFindings<Value: Sendable>: Sendable {
  /// What was found, in the order of the search.
  public var found: [Value] = []
  /// What is damaged, in the operator's words. At most ten are named.
  public var damaged: [String] = []

  private static var mostNamed: Int { 10 }

  /// What `read` gives, or nil where that is damaged; any other failure is the caller's.
  mutating func readable<Result>(_ read: () throws -> Result) throws -> Result? {
    do { return try read() } catch StoreError.damaged(let what) {
      if damaged.count < Self.mostNamed { damaged.append("\(StoreError.damaged(what))") }
      return nil
    }
  }
}
