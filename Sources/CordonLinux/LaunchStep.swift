import Glibc

/// Kinds of namespace, as `unshare(2)` and `setns(2)` know them.
public struct Namespaces: OptionSet, Sendable, Hashable, CustomStringConvertible {
  /// The `CLONE_NEW*` bits.
  public let rawValue: Int32
  /// Wraps `CLONE_NEW*` bits.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Mount points.
  public static let mount = Namespaces(rawValue: 0x0002_0000)
  /// Users, groups and capabilities.
  public static let user = Namespaces(rawValue: 0x1000_0000)
  /// Interfaces, sockets, abstract Unix names.
  public static let network = Namespaces(rawValue: 0x4000_0000)

  /// `mount+network`.
  public var description: String {
    [(Namespaces.mount, "mount"), (.user, "user"), (.network, "network")]
      .filter { contains($0.0) }.map(\.1).joined(separator: "+")
  }
}

/// Flags of `mount(2)`.
public struct MountFlags: OptionSet, Sendable, Hashable {
  /// The `MS_*` bits.
  public let rawValue: Int64
  /// Wraps `MS_*` bits.
  public init(rawValue: Int64) { self.rawValue = rawValue }

  /// No writes.
  public static let readOnly = MountFlags(rawValue: 1)
  /// Set-user-id bits mean nothing.
  public static let noSetUID = MountFlags(rawValue: 2)
  /// Device nodes cannot be opened.
  public static let noDevices = MountFlags(rawValue: 4)
  /// Files cannot be executed.
  public static let noExecute = MountFlags(rawValue: 8)
  /// Changes the flags of a mount that exists.
  public static let remount = MountFlags(rawValue: 32)
  /// Access times are not recorded: they would be a slow channel.
  public static let noAccessTimes = MountFlags(rawValue: 1024)
  /// The source is a folder or file that shows up a second time.
  public static let bind = MountFlags(rawValue: 4096)
  /// With `bind` and `isPrivate`: everything mounted below as well.
  public static let recursive = MountFlags(rawValue: 16384)
  /// Mounts made here stay here.
  public static let isPrivate = MountFlags(rawValue: 1 << 18)
}

/// An IP socket to bind in a network namespace.
public struct SocketAddress: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Numeric IPv4 or IPv6 text.
  public var host: String
  /// The port; 0 lets the kernel choose.
  public var port: UInt16

  /// An address and port.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// `127.0.0.1:53`, `[::1]:53`.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A stream or datagram socket.
public enum Transport: String, Sendable, Codable, Hashable {
  /// TCP: bound and listening.
  case stream
  /// UDP: bound.
  case datagram

  var socketType: Int32 { self == .stream ? 1 : 2 }
}

/// One thing a launched child does before its command runs. Plans are lists of these: pure values that
/// tests compare and that a small C interpreter executes after the fork.
public enum LaunchStep: Sendable, Equatable {
  /// Joins the namespace behind a descriptor.
  case join(Namespaces, descriptor: Int32)
  /// Leaves the shared namespaces for fresh ones.
  case unshare(Namespaces)
  /// `mount(2)`.
  case mount(source: String, target: String, type: String, flags: MountFlags, options: String)
  /// Makes a folder the root and lets go of everything outside it.
  case pivotRoot(String)
  /// Detaches a mount.
  case unmount(String)
  /// Makes a folder; one that exists is fine.
  case makeFolder(String, mode: UInt16)
  /// Gives a file to a user and group.
  case changeOwner(String, user: UInt32, group: UInt32)
  /// Sets permission bits.
  case changeMode(String, mode: UInt16)
  /// Makes a symbolic link.
  case symbolicLink(to: String, at: String)
  /// Makes a character device node.
  case characterDevice(String, mode: UInt16, major: UInt32, minor: UInt32)
  /// Writes a file that must not exist yet.
  case writeNewFile(String, mode: UInt16, [UInt8])
  /// Writes into a file that exists, in one `write(2)`, as /proc wants it.
  case writeExistingFile(String, [UInt8])
  /// Opens a file as descriptor `at`.
  case open(String, flags: Int32, at: Int32)
  /// Puts bytes into sealed memory, readable as descriptor `at`.
  case memory(String, [UInt8], at: Int32)
  /// Binds a socket, listens if it is a stream, and keeps it as descriptor `at`.
  case listen(SocketAddress, Transport, backlog: Int32, at: Int32)
  /// Brings `lo` up.
  case loopbackUp
  /// Sends descriptors with a message.
  case sendDescriptors([Int32], message: [UInt8], over: Int32)
  /// Waits for the other side's acknowledgement.
  case awaitByte(from: Int32)
  /// Moves this process into the group of a `cgroup.procs` file.
  case joinControlGroup(String)
  /// Starts a session without a terminal.
  case newSession
  /// Leaves the launcher's session keyring for an empty one.
  case newKeyring
  /// Forgets supplementary groups.
  case clearGroups
  /// Becomes this user and group for good.
  case become(user: UInt32, group: UInt32)
  /// Empties the capability bounding and ambient sets.
  case dropBoundingSet
  /// Empties the capability sets.
  case dropCapabilities
  /// No exec gains privileges any more.
  case noNewPrivileges
  /// May /proc/self be written by this process?
  case dumpable(Bool)
  /// SIGKILL when the launching process dies.
  case dieWithParent
  /// What follows runs as process 1 of a new process namespace, whose end ends all others.
  case forkInit
  /// Soft and hard limit of one `RLIMIT_*`.
  case limit(resource: Int32, UInt64)
  /// Sets the file mode mask.
  case fileModeMask(UInt16)
  /// Changes the working folder.
  case changeFolder(String)
  /// Closes every descriptor but these.
  case closeDescriptors(except: [Int32])
  /// Lets a descriptor survive the exec.
  case inherit(Int32)
  /// Becomes another program.
  case execute(String, arguments: [String], environment: [String])
  /// Ends with a status.
  case exit(Int32)
}

extension LaunchStep: CustomStringConvertible {
  /// The step in words, for the message of a launch that failed: `mount overlay at usr`.
  public var description: String {
    switch self {
    case .join(let kind, let descriptor): "join \(kind) namespace (descriptor \(descriptor))"
    case .unshare(let kinds): "unshare \(kinds)"
    case .mount(let source, let target, let type, _, _): "mount \(type.isEmpty ? source : type) at \(target)"
    case .pivotRoot(let path): "pivot to \(path)"
    case .unmount(let path): "unmount \(path)"
    case .makeFolder(let path, _): "make folder \(path)"
    case .changeOwner(let path, let user, let group): "give \(path) to \(user):\(group)"
    case .changeMode(let path, let mode): "set mode \(String(mode, radix: 8)) of \(path)"
    case .symbolicLink(let target, let path): "link \(path) to \(target)"
    case .characterDevice(let path, _, _, _): "make device \(path)"
    case .writeNewFile(let path, _, _): "write new file \(path)"
    case .writeExistingFile(let path, _): "write \(path)"
    case .open(let path, _, _): "open \(path)"
    case .memory(let name, _, _): "keep \(name) in memory"
    case .listen(let address, let transport, _, _): "listen on \(address) (\(transport.rawValue))"
    case .sendDescriptors(let descriptors, _, _): "hand over \(descriptors.count) descriptors"
    case .awaitByte: "await the acknowledgement"
    case .joinControlGroup(let path): "join control group \(path)"
    case .become(let user, let group): "become user \(user), group \(group)"
    case .limit(let resource, let value): "set resource limit \(resource) to \(value)"
    case .changeFolder(let path): "change to folder \(path)"
    case .closeDescriptors: "close descriptors"
    case .execute(let path, _, _): "execute \(path)"
    default: Self.plainWords(of: self)
    }
  }

  private static func plainWords(of step: LaunchStep) -> String {
    switch step {
    case .loopbackUp: "bring lo up"
    case .newSession: "start a session"
    case .newKeyring: "start a keyring"
    case .clearGroups: "clear groups"
    case .dropBoundingSet: "drop the bounding set"
    case .dropCapabilities: "drop capabilities"
    case .noNewPrivileges: "set no_new_privs"
    case .dumpable(let on): "set dumpable \(on)"
    case .dieWithParent: "arm the parent-death signal"
    case .forkInit: "fork process 1 of a new namespace"
    case .fileModeMask: "set the file mode mask"
    case .inherit(let descriptor): "keep descriptor \(descriptor) over the exec"
    case .exit(let status): "exit \(status)"
    default: "step"
    }
  }
}
