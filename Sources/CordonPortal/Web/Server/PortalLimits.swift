import CordonWire

/// How much of the portal one browser, one address and all of them together may hold, and for how long.
public struct PortalLimits: Sendable, Equatable {
  /// Open connections, over all addresses.
  public var connections = 512
  /// Open connections from one IPv4 address or one /64 of IPv6.
  public var connectionsPerAddress = 64
  /// Requests on one connection; a browser opens another afterwards.
  public var requestsPerConnection = 1_000
  /// Bytes of a request's head.
  public var headBytes = 16_384
  /// Fields of a request's head.
  public var headerFields = 64
  /// Bytes of a form.
  public var bodyBytes = 16_384
  /// From the connection's beginning, or from the last answer, until a request's head is whole.
  public var headDeadline: Duration = .seconds(15)
  /// Until a form is whole.
  public var bodyDeadline: Duration = .seconds(10)
  /// Until a page is made; starting a browser is the longest.
  public var answerDeadline: Duration = .seconds(90)
  /// Until the kernel has taken an answer, or a stream's message.
  public var writeDeadline: Duration = .seconds(30)
  /// How long a refused browser may still send what it had under way.
  public var lingering: Duration = .milliseconds(500)
  /// Bytes of one message of a stream, from the person's side: a text to paste in is the longest.
  public var messageBytes = PortalWire.longestClientMessage
  /// Pieces that one message may come in.
  public var messagePieces = 16
  /// Messages that wait for the session; more are not read.
  public var waitingMessages = 64
  /// How often an open stream is asked whether it is still there. One that says nothing for twice as long is closed.
  public var pingInterval: Duration = .seconds(20)
  /// How often an open stream's sign-in is looked at again.
  public var recheckInterval: Duration = .seconds(15)
  /// Bytes that the kernel keeps of a stream: old pictures, if it were more.
  public var sendBufferBytes = 262_144

  /// The ordinary limits.
  public init() {}
}
