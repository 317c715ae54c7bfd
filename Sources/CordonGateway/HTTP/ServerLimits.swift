/// How much of the gateway one workspace may hold, and for how long.
public struct ServerLimits: Sendable, Equatable {
  /// Open connections of one workspace, over all its listeners. At the limit the longest idle one makes room.
  public var connectionsPerWorkspace = 512
  /// Bytes of a request's head, or of a CONNECT's.
  public var headerBytes = 65_536
  /// Header fields of a request.
  public var headerFields = 100
  /// From a connection's beginning, or from the answer to CONNECT, until the head or the TLS hello is whole.
  public var headerDeadline: Duration = .seconds(10)
  /// Without a byte in either direction, or without a next request.
  public var idleDeadline: Duration = .seconds(60)
  /// Without a byte in either direction of a spliced tunnel.
  public var tunnelIdleDeadline: Duration = .seconds(300)
  /// Until an outside host has accepted the connection.
  public var connectDeadline: Duration = .seconds(15)
  /// Until an outside host begins its answer.
  public var answerDeadline: Duration = .seconds(120)
  /// How long a refused client may still send what it had under way.
  public var lingering: Duration = .seconds(1)
  /// Bytes of an unwanted body that are read off to keep a connection usable.
  public var drainedBytes = 1_048_576
  /// Bytes of a workspace's answers that are made and not yet taken by the kernel.
  public var unwrittenBytes = 33_554_432
  /// How long an answer waits while its workspace has that many.
  public var answerPatience: Duration = .seconds(20)
  /// Without the kernel taking a further piece of an answer: whoever reads at all goes on, whoever does not is cut off.
  public var writeDeadline: Duration = .seconds(60)
  /// Bytes that the kernel keeps of what a client has not read. It sends more as soon as a third of them was read, so
  /// that few bytes here also mean that a slow reader is seen to read.
  public var sendBufferBytes = 262_144
  /// Bytes that one request may carry to an outside host; nil sets no limit.
  public var uploadBytesPerRequest: Int?
  /// DNS questions of one workspace that wait for an answer; more are dropped.
  public var waitingQuestions = 256
  /// DNS questions that one workspace may ask a second, over UDP and TCP together; more are dropped or kept waiting.
  public var questionsPerSecond = 2_000
  /// DNS questions that one workspace may ask at once after it was silent.
  public var questionsAtOnce = 2_000
  /// How often the number of dropped questions is recorded.
  public var droppedInterval: Duration = .seconds(10)

  /// The limits that a workspace gets.
  public init() {}
}
