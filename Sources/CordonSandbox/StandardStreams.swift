public import CordonLinux
import Glibc

/// What a command's standard streams are connected to. Never a file of the host: through
/// /proc/self/fd/1 a command could open what it stands for again.
public enum StandardStreams: Sendable {
  /// Three pipes whose other ends the process object holds.
  case pipes
  /// One terminal of its own for all three.
  case terminal(WindowSize)
  /// Descriptors of the caller, which must be pipes or Unix sockets; nil is the workspace's /dev/null.
  case descriptors(input: CInt?, output: CInt?, errors: CInt?)
}

/// The launcher's ends of a command's streams.
public struct CommandStreams: Sendable {
  /// Write here what the command reads; close it to end its input.
  public var input: SharedDescriptor?
  /// Read here what the command writes.
  public var output: SharedDescriptor?
  /// Read here what the command writes to its errors.
  public var errors: SharedDescriptor?
  /// Both directions, when the command has a terminal.
  public var terminal: SharedDescriptor?
}

/// Both ends of the streams while a command is launched.
struct Wiring {
  var childEnds: [DescriptorName: CInt] = [:]
  var parentEnds = CommandStreams()
  var nullStreams: Set<Int32> = []
  var hasTerminal = false
  private var owned: [SharedDescriptor] = []

  private let owner: UInt32?

  /// - Parameter owner: the command's user, to whom its ends belong: opening /dev/stdout means opening the pipe
  ///   again.
  init(_ streams: StandardStreams, owner: UInt32?) throws(SandboxError) {
    self.owner = owner
    do {
      switch streams {
      case .pipes: try connectPipes()
      case .terminal(let size): try connectTerminal(size)
      case .descriptors(let input, let output, let errors):
        try connect([("input", 0, input), ("output", 1, output), ("errors", 2, errors)])
      }
    } catch let error as SandboxError {
      throw error
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      throw .handOver("\(error)")
    }
  }

  /// The child has its own copies by now; as long as these are open no reader sees an end.
  mutating func closeChildEnds() {
    for descriptor in owned { descriptor.close() }
  }

  private mutating func own(_ descriptor: consuming FileDescriptor, as names: [DescriptorName]) throws {
    if let owner { try descriptor.changeOwner(to: owner) }
    for name in names { childEnds[name] = descriptor.rawValue }
    owned.append(SharedDescriptor(descriptor))
  }

  private mutating func connectPipes() throws {
    let input = try Pipe()
    let output = try Pipe()
    let errors = try Pipe()
    parentEnds.input = SharedDescriptor(try input.writeEnd.duplicate())
    parentEnds.output = SharedDescriptor(try output.readEnd.duplicate())
    parentEnds.errors = SharedDescriptor(try errors.readEnd.duplicate())
    try own(input.closingWriteEnd(), as: ["input"])
    try own(output.closingReadEnd(), as: ["output"])
    try own(errors.closingReadEnd(), as: ["errors"])
  }

  private mutating func connectTerminal(_ size: WindowSize) throws {
    let terminal = try PseudoTerminal(size: size)
    parentEnds.terminal = SharedDescriptor(try terminal.controller.duplicate())
    try own(try terminal.peer.duplicate(), as: ["input", "output", "errors"])
    hasTerminal = true
  }

  private mutating func connect(_ given: [(DescriptorName, Int32, CInt?)]) throws {
    let null = try FileDescriptor(opening: "/dev/null", flags: O_RDWR)
    for (name, number, descriptor) in given {
      guard let descriptor else {
        // Only holds the number: the plan opens the workspace's own node over it.
        childEnds[name] = null.rawValue
        nullStreams.insert(number)
        continue
      }
      guard FileKind(of: descriptor).isAnonymous else { throw SandboxError.hostFile(descriptor: descriptor) }
      childEnds[name] = descriptor
    }
    owned.append(SharedDescriptor(null))
  }
}
