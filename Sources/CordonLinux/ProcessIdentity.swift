import Glibc

/// What tells a process from every other one, also from a later one with the same number.
public struct ProcessIdentity: Equatable, Sendable {
  /// A file or a namespace, whatever it is called.
  public struct Inode: Equatable, Sendable {
    /// The device that it is on.
    public var device: UInt64
    /// Its number there.
    public var number: UInt64

    init(_ path: String) throws(SystemError) {
      var status = stat()
      // SAFETY: `status` outlives the call, which fills it or fails; Swift passes a terminated copy of the path.
      try check(unsafe stat(path, &status), "look at \(path)")
      (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
  }

  /// Its number, as this process sees it.
  public var number: Int32
  /// When it started, in clock ticks since the machine did.
  public var started: UInt64
  /// The user it acts as.
  public var user: UInt32
  /// The file that it runs.
  public var program: Inode
  /// Its user, mount and process namespaces: nobody in a sandbox is in those of the host.
  public var namespaces: [Inode]

  /// Looks a process up; the link of its program is followed by the kernel, not by name.
  ///
  /// - Throws: Where it is gone, or may not be looked at.
  public init(of number: Int32) throws(SystemError) {
    let folder = "/proc/\(number)"
    self.number = number
    started = try Self.started(folder)
    var status = stat()
    // SAFETY: as above.
    try check(unsafe stat(folder, &status), "look at \(folder)")
    user = status.st_uid
    program = try Inode(folder + "/exe")
    namespaces = []
    for kind in ["user", "mnt", "pid"] { namespaces.append(try Inode("\(folder)/ns/\(kind)")) }
    // The number may have been given to another process between two of these looks.
    guard try Self.started(folder) == started else {
      throw SystemError(code: ESRCH, call: "look at \(folder)")
    }
  }

  /// proc_pid_stat(5): the 22nd field, counted from behind the name, which may hold anything.
  private static func started(_ folder: String) throws(SystemError) -> UInt64 {
    let text = try ControlFile.read(folder + "/stat")
    guard let name = text.lastIndex(of: ")") else {
      throw SystemError(code: EINVAL, call: "read \(folder)/stat")
    }
    let fields = text[name...].split(separator: " ")
    guard fields.count > 20, let started = UInt64(fields[20]) else {
      throw SystemError(code: EINVAL, call: "read \(folder)/stat")
    }
    return started
  }
}
