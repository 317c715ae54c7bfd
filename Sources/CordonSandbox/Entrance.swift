public import CordonLinux
import FoundationEssentials
import Glibc

/// What another process must know to run a command in a workspace: values only. Whoever has it and the
/// descriptors of an `Entrance` can enter; it travels over a socket that only root or the owner can reach.
public struct EnterTicket: Sendable, Equatable, Codable {
  /// The workspace.
  public var configuration: SandboxConfiguration
  /// Control groups that the command joins.
  public var controlGroups: [String]
  /// The system call filter.
  public var filter: [UInt8]
  /// What lies over /proc.
  var masks: [KernelFiles.Mask]

  init(
    configuration: SandboxConfiguration, controlGroups: [String], filter: [UInt8],
    masks: [KernelFiles.Mask] = []
  ) {
    // Nothing below is needed to enter, and a ticket has to fit into one message.
    var slim = configuration
    slim.files = []
    slim.listeners = []
    self.configuration = slim
    self.controlGroups = controlGroups
    self.filter = filter
    self.masks = masks
  }
}

/// A ticket with the namespaces that it opens.
public struct Entrance: Sendable {
  /// The values.
  public let ticket: EnterTicket
  private let namespaces: [DescriptorName: SharedDescriptor]

  init(ticket: EnterTicket, namespaces: [DescriptorName: SharedDescriptor]) {
    self.ticket = ticket
    self.namespaces = namespaces
  }

  private static let names: [DescriptorName] = ["mount", "network", "user"]

  /// Sends ticket and namespaces to the process at the other end.
  public func send(over socket: borrowing UnixSocket) throws {
    let bytes = Array(try JSONEncoder().encode(ticket))
    let numbers = Self.names.compactMap { namespaces[$0]?.rawValue }
    try socket.send(bytes, descriptors: numbers)
  }

  /// Receives what `send` sent. A message of another shape is refused, and its descriptors are closed.
  public init(receivingFrom socket: borrowing UnixSocket) throws {
    let message = try socket.receive(atMost: 1 << 18, descriptors: 3)
    if message.bytes.isEmpty { throw SandboxError.handOver("the gateway closed the connection") }
    guard !message.isTruncated else { throw SandboxError.handOver("the ticket is too long") }
    ticket = try JSONDecoder().decode(EnterTicket.self, from: Data(message.bytes))
    let wanted = ticket.configuration.identity == .caller ? 3 : 2
    guard message.descriptors.count == wanted else {
      throw SandboxError.handOver("\(message.descriptors.count) namespaces instead of \(wanted)")
    }
    namespaces = Dictionary(uniqueKeysWithValues: zip(Self.names, message.descriptors))
  }

  /// Lets go of the namespaces.
  public func close() {
    for descriptor in namespaces.values { descriptor.close() }
  }

  /// Runs a command inside. The child dies with this process.
  public func spawn(_ command: SandboxCommand, streams: StandardStreams = .pipes) throws(SandboxError)
    -> SandboxProcess
  {
    var wiring = try Wiring(streams, owner: SandboxPlan(configuration: ticket.configuration).user)
    var options = EnterOptions(command: command, hasTerminal: wiring.hasTerminal)
    options.nullStreams = wiring.nullStreams
    options.controlGroups = ticket.controlGroups
    options.masks = ticket.masks
    if ticket.configuration.weakened.contains(.environmentClearing) {
      options.launcherEnvironment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    }
    let plan = SandboxPlan(configuration: ticket.configuration)
    if let problem = plan.problem(with: options) { throw problem }
    do {
      let status = try Pipe()
      var given = wiring.childEnds
      given["status"] = status.writeEnd.rawValue
      // Own copies: the workspace may be closed by another thread meanwhile.
      let copies = try namespaces.mapValues { SharedDescriptor(try $0.duplicate()) }
      defer { for copy in copies.values { copy.close() } }
      for (name, copy) in copies { given[name] = copy.rawValue }
      let entering = plan.entering(options, filter: ticket.filter)
      let launched = try entering.launch(given)
      wiring.closeChildEnds()
      let reports = status.closingWriteEnd()
      try launched.confirm()
      let hasKeeper = entering.steps.contains(.forkInit)
      return try SandboxProcess(
        launched.process, hasKeeper: hasKeeper, reports: reports, streams: wiring.parentEnds)
    } catch let error as LaunchError {
      throw .launch(error)
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      throw .handOver("\(error)")
    }
  }
}
