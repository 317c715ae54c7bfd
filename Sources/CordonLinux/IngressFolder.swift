import CLinux
import Glibc

/// A folder in which a stranger's program listens for this one, held by descriptor.
///
/// The stranger may put anything in the place of his socket: a link to somebody else's, a socket that he was handed.
/// What is connected to is the file that was looked at, and who listens there is asked of the kernel.
public struct IngressFolder: Sendable {
  /// Who may listen: the user who owns the socket and answers on it.
  public let owner: UInt32
  private let folder: SharedDescriptor

  /// A folder that is open, and its owner.
  public init(_ folder: SharedDescriptor, owner: UInt32) {
    self.folder = folder
    self.owner = owner
  }

  /// Connects to the socket of this name, without waiting.
  ///
  /// - Returns: A stream socket that does not block.
  /// - Throws: ENOENT or ECONNREFUSED where nobody listens, EAGAIN where too many wait already, ENOTSOCK where a link or
  ///   file lies in the socket's place, EPERM where the socket or the listener is another user's.
  public func connect(to name: String) throws(SystemError) -> FileDescriptor {
    let folder = try folder.duplicate()
    let number = unsafe cordon_connect_below(folder.rawValue, name, owner)
    return FileDescriptor(adopting: try check(number, "connect to \(name)"))
  }

  /// Lets go of the folder; nobody connects through this value any more.
  public func close() { folder.close() }
}
