import FoundationEssentials

/// A file, folder or link below /etc of a workspace, by value: no file of the host shows up there, so no
/// two workspaces share an inode.
public struct EtcFile: Sendable, Equatable, Codable {
  /// What is at the path.
  public enum Content: Sendable, Equatable, Codable {
    /// Bytes, readable by everyone in the workspace.
    case bytes([UInt8])
    /// A symbolic link.
    case link(to: String)
  }

  /// Absolute path below /etc.
  public var path: String
  /// What is there.
  public var content: Content

  /// A file with these bytes.
  public init(_ path: String, bytes: [UInt8]) {
    self.path = path
    content = .bytes(bytes)
  }

  /// A file with this text.
  public init(_ path: String, text: String) { self.init(path, bytes: Array(text.utf8)) }

  /// A symbolic link.
  public init(_ path: String, linkTo target: String) {
    self.path = path
    content = .link(to: target)
  }

  var hasSafePath: Bool { path.hasPrefix("/etc/") && isPlainPath(path) }

  /// Folders above the file, outermost first, without /etc itself.
  var folders: [String] {
    let parts = path.split(separator: "/").dropLast()
    return parts.indices.dropFirst().map { "/" + parts[...$0].joined(separator: "/") }
  }
}

extension EtcFile {
  /// Accounts, name service and resolver of a workspace: root, the workspace's user and nobody; names are
  /// asked of the gateway.
  public static func standard(hostname: String) -> [EtcFile] {
    [
      EtcFile(
        "/etc/passwd",
        text: """
          root:x:0:0:root:/root:/usr/sbin/nologin
          workspace:x:1000:1000:workspace:/home/workspace:/bin/bash
          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

          """),
      EtcFile("/etc/group", text: "root:x:0:\nworkspace:x:1000:\nnogroup:x:65534:\n"),
      EtcFile("/etc/nsswitch.conf", text: "passwd: files\ngroup: files\nhosts: files dns\n"),
      EtcFile("/etc/hosts", text: "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 \(hostname)\n"),
      EtcFile("/etc/hostname", text: "\(hostname)\n"),
      EtcFile("/etc/resolv.conf", text: "nameserver 127.0.0.1\noptions timeout:2 attempts:2\n"),
    ]
  }

  /// What programs of the host's distribution want to find in /etc, copied once: links of the alternatives
  /// system, the linker's cache, time zone, TLS defaults, fonts, Python's site settings.
  ///
  /// Only files that everyone may read are copied, and nothing that could name a host, a proxy or a registry.
  public static func hostCopies(from root: String = "/etc") -> [EtcFile] {
    let fixed = [
      "alternatives", "ld.so.cache", "localtime", "ssl/openssl.cnf", "fonts", "mime.types", "bash.bashrc",
      "profile", "inputrc", "terminfo", "magic", "protocols", "services",
    ]
    let python = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).filter {
      $0.hasPrefix("python3")
    }
    var reader = EtcReader(root: root)
    for name in fixed + python.sorted() { reader.copy("/\(name)", depth: 4) }
    return reader.files
  }
}

/// Copies parts of the host's /etc into values, within bounds.
private struct EtcReader {
  let root: String
  var files: [EtcFile] = []
  private var bytesLeft = 4 << 20
  private var entriesLeft = 3000

  init(root: String) { self.root = root }

  mutating func copy(_ path: String, depth: Int) {
    guard depth > 0, entriesLeft > 0,
      let facts = try? FileManager.default.attributesOfItem(atPath: root + path)
    else { return }
    entriesLeft -= 1
    switch facts[.type] as? FileAttributeType {
    case .typeSymbolicLink: copyLink(path)
    case .typeDirectory:
      let names = (try? FileManager.default.contentsOfDirectory(atPath: root + path)) ?? []
      for name in names.sorted() { copy("\(path)/\(name)", depth: depth - 1) }
    case .typeRegular: copyBytes(path, size: facts[.size], mode: facts[.posixPermissions])
    default: break
    }
  }

  /// Links into /usr stay links, as the overlay of /usr is there; others would dangle.
  private mutating func copyLink(_ path: String) {
    guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: root + path) else { return }
    if target.hasPrefix("/usr/") || !target.hasPrefix("/") {
      files.append(EtcFile("/etc\(path)", linkTo: target))
    }
  }

  private mutating func copyBytes(_ path: String, size: Any?, mode: Any?) {
    let length = (size as? UInt64).map(Int.init(clamping:)) ?? (size as? Int) ?? .max
    let permissions = (mode as? Int) ?? (mode as? UInt).map(Int.init(clamping:)) ?? 0
    guard length <= bytesLeft, permissions & 0o004 != 0,
      let data = FileManager.default.contents(atPath: root + path)
    else { return }
    bytesLeft -= data.count
    files.append(EtcFile("/etc\(path)", bytes: Array(data)))
  }
}
