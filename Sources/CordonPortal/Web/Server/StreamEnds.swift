/// What a stream's socket carries: whole messages, both ways. The socket knows nothing of what they say.
protocol StreamEnds: Sendable {
  /// Waits for the next message to send. It is asked for only once the last one was taken by the kernel: what became old
  /// meanwhile is left out by whoever answers, so that a slow browser sees the newest picture and not a queue of them.
  func next() async -> StreamStep
  /// Takes a message of the person's; false where it is none.
  func receive(_ message: [UInt8]) async -> Bool
  /// The person's side is gone.
  func close() async
}

/// What a stream does next.
enum StreamStep: Sendable, Equatable {
  case send([UInt8])
  case end(WebSocketRules.CloseCode)
}
