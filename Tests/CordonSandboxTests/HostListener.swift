import CordonLinux
import Glibc
import Testing

/// A listener on the host's own loopback interface, made by a launch plan and handed over like a workspace's.
struct HostListener {
  let descriptor: SharedDescriptor
  let port: UInt16

  init(_ transport: Transport = .stream) throws {
    let pair = try UnixSocket.pair()
    let plan = LaunchPlan(
      descriptors: ["null", "null", "null", "control"],
      steps: [
        .listen(SocketAddress(host: "127.0.0.1", port: 0), transport, backlog: 8, at: 20),
        .sendDescriptors([20], message: [1], over: 3), .exit(0),
      ])
    let null = try FileDescriptor(opening: "/dev/null")
    let launched = try plan.launch(["null": null.rawValue, "control": pair.right.descriptor.rawValue])
    try launched.confirm()
    _ = launched.process.waitBlocking()
    descriptor = try #require(try pair.left.receive(descriptors: 1).descriptors.first)
    port = try SocketFacts(of: try #require(descriptor.rawValue)).address.port
  }

  /// Takes a connection that waits already.
  static func accept(_ descriptor: CInt) throws -> CInt {
    let accepted = Glibc.accept(descriptor, nil, nil)
    try #require(accepted >= 0)
    return accepted
  }
}
