import NIOCore

extension Portal {
  /// Binds and begins to serve; gives the port that was bound.
  public func startOnPort() async throws -> Int? { try await start().port }
}
