import CordonWire
import NIOCore
import NIOPosix

/// Finds the address of a host that policy has already let pass.
protocol HostResolver: Sendable {
  /// One address; the only one that will be dialled.
  func address(of target: HostPort) async throws -> SocketAddress
}

/// The machine's own resolver, asked for one listed name at a time, on a thread where waiting hurts nobody.
struct SystemResolver: HostResolver {
  func address(of target: HostPort) async throws -> SocketAddress {
    try await NIOThreadPool.singleton.runIfActive {
      try SocketAddress.makeAddressResolvingHost(target.host.text, port: Int(target.port))
    }
  }
}
