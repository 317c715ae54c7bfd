import FoundationEssentials
import Glibc

/// The addresses of the outside world. All of them belong to blocks set aside for documentation (RFC 5737, RFC 3849's
/// neighbour fd00::/8) or to the machine itself, and none leaves the drill's own network namespace.
enum DrillAddress {
  static let sink = "192.0.2.2"
  static let sink6 = "fd00::2"
  static let sinkOther = "198.51.100.7"
  static let nameserver = "192.0.2.53"
  static let allowed = "192.0.2.10"
  static let metadata = "169.254.169.254"
  static let metadata6 = "fd00:ec2::254"
  static let zone = "evil.test"
  static let allowedHost = "allowed.test"
  /// Allowed for port 443, where clients that know no proxy connect to.
  static let directHost = "direct.test"
  static let allowedPort: UInt16 = 8443
  static let allowedPlainPort: UInt16 = 8080
  /// The open browser's own, on a card beside the loopback.
  static let caller = "192.0.2.3"
  static let sinkPort: UInt16 = 19_555
  static let userZone = "zone.evil.test"
}

/// A network, mount and process namespace of the drill's own, in which every address leads to the sink.
///
/// Nothing outlives it: its first process ends with the drill, and the kernel ends the rest.
public enum DrillWorld {
  /// The command that runs `arguments` of this executable inside a new world.
  ///
  /// As root the namespaces are made directly. Anybody else gets them inside a user namespace that keeps the
  /// caller's own user id, so that the executable under test runs as that user does.
  ///
  /// - Parameters:
  ///   - executable: This executable's absolute path.
  ///   - arguments: Its arguments inside, e.g. `["attack", "--inside", ...]`.
  ///   - isRoot: Whether the caller is root.
  public static func command(executable: String, arguments: [String], isRoot: Bool) -> [String] {
    let user = isRoot ? [] : ["--user", "--map-current-user", "--keep-caps"]
    let namespaces = [
      "--net", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation",
      "private",
    ]
    // Bash stays as the first process and reaps what the gateway leaves behind; the last command keeps it from
    // replacing itself by the one before.
    let first = ["/bin/bash", "-c", #""$@"; exit $?"#, "cordon-drill"]
    return ["/usr/bin/unshare"] + user + namespaces + ["--"] + first + [executable] + arguments
  }

  /// Replaces this process by one inside a new world; returns only when that failed.
  public static func enter(executable: String, arguments: [String]) -> DrillError {
    Posix.replaceProcess(command(executable: executable, arguments: arguments, isRoot: geteuid() == 0))
  }

  /// Gives up what an ordinary user has in a world of the own making and nowhere else; root has nothing to give up.
  static var withoutWorldPrivileges: [String] {
    geteuid() == 0 ? [] : ["/usr/bin/setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--"]
  }

  /// What gives up root's privileges as well: for somebody else's programs, and for limits that root has not.
  static var withoutPrivileges: [String] {
    guard geteuid() == 0 else { return withoutWorldPrivileges }
    let user = ["--reuid", "65533", "--regid", "65533", "--clear-groups"]
    return ["/usr/bin/setpriv"] + user + ["--inh-caps=-all", "--ambient-caps=-all", "--"]
  }

  /// Whether this process may shape the network: only a namespace in which nobody has done so yet.
  ///
  /// A host's loopback is up and has neighbours; a new namespace has `lo` alone, and it is down.
  static func isPristine() -> Bool {
    guard let table = try? Files.read("/proc/net/dev"), let routes = try? Files.read("/proc/net/route") else {
      return false
    }
    let interfaces = String(decoding: table, as: UTF8.self).split(separator: "\n").filter { $0.contains(":") }
    let hasRoutes = String(decoding: routes, as: UTF8.self).split(separator: "\n").count > 1
    guard !hasRoutes, interfaces.count == 1, let only = interfaces.first,
      only.drop(while: { $0 == " " }).hasPrefix("lo:"),
      let links = try? Tool.run(["ip", "-o", "link", "show", "dev", "lo"])
    else { return false }
    return !links.text.contains("LOOPBACK,UP")
  }

  /// Makes every address lead here, and every name to the sink's name server.
  ///
  /// - Parameter folder: The drill's own folder.
  /// - Throws: `DrillError.world` when this is not a fresh namespace: a host's network is never touched.
  static func prepare(folder: String) throws(DrillError) {
    guard isPristine() else {
      throw .world("this is not a network namespace of the drill's own; run it without --inside")
    }
    try prepareNetwork()
    try prepareNames(folder: folder)
    try prepareTerminals()
  }

  /// A few terminals for the controls of the attack that takes all of them: the kernel's pool is the host's.
  private static func prepareTerminals() throws(DrillError) {
    try Tool.run(
      ["mount", "-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=620,max=64", "devpts", "/dev/pts"])
    try Tool.run(["mount", "--bind", "/dev/pts/ptmx", "/dev/ptmx"])
  }

  private static func prepareNetwork() throws(DrillError) {
    let own = [
      DrillAddress.sink, DrillAddress.sinkOther, DrillAddress.nameserver, DrillAddress.allowed,
      DrillAddress.metadata, "192.0.2.1",
    ]
    let own6 = [DrillAddress.sink6, DrillAddress.metadata6, "fd00::1"]
    var commands = ["link set lo up", "link set lo multicast on"]
    commands += own.map { "address add \($0)/32 dev lo" }
    commands += own6.map { "-6 address add \($0)/128 dev lo nodad" }
    // Any address at all is taken for this machine's: a surprising destination is seen, not lost.
    commands += [
      "route add local 0.0.0.0/0 dev lo src 192.0.2.1 table local",
      "route add multicast 224.0.0.0/4 dev lo table local",
      "-6 route add local ::/0 dev lo src fd00::1 table local",
    ]
    for command in commands { try Tool.run(["ip"] + command.split(separator: " ").map(String.init)) }
    // Whoever may open an ICMP socket without privileges is a setting of each network namespace; here all may. Where
    // the setting cannot be changed, that one try has no control, and the others of its attack have.
    try? Files.write("0 65534\n", to: "/proc/sys/net/ipv4/ping_group_range")
  }

  /// Gives the world a network card beside its loopback: without one, Chromium calls no other browser.
  ///
  /// Where it cannot be made, those attempts get nowhere in an open browser either, and the table says so.
  static func addCard() {
    for command in [
      "link add drill0 type veth peer name drill1", "link set drill0 addrgenmode none",
      "link set drill1 addrgenmode none", "address add \(DrillAddress.caller)/32 dev drill0",
      "link set drill1 up", "link set drill0 up",
    ] { _ = try? Tool.run(["ip"] + command.split(separator: " ").map(String.init)) }
  }

  /// The host's resolvers are taken away together with the sockets by which some of them are asked.
  private static func prepareNames(folder: String) throws(DrillError) {
    let resolver = "\(folder)/resolv.conf"
    let services = "\(folder)/nsswitch.conf"
    try Files.write("nameserver \(DrillAddress.nameserver)\noptions timeout:1 attempts:1\n", to: resolver)
    try Files.write("passwd: files\ngroup: files\nhosts: files dns\n", to: services)
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/etc/resolv.conf")
    try Tool.run(["mount", "-t", "tmpfs", "-o", "mode=755", "drill", "/run"])
    for made in ["/run/dbus", "/run/lock"] { try Files.makeFolder(made) }
    if let link {
      let target = link.hasPrefix("/") ? link : "/etc/\(link)"
      if !Files.exists(target) {
        let parent = String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)])
        try Files.makeFolder(parent)
        try Files.write("", to: target)
      }
    } else if !Files.exists("/etc/resolv.conf") {
      throw .world("/etc/resolv.conf is missing; make an empty one")
    }
    try Tool.run(["mount", "--bind", resolver, "/etc/resolv.conf"])
    try Tool.run(["mount", "--bind", services, "/etc/nsswitch.conf"])
  }
}
