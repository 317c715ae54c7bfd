import CordonModel
import NIOCore
import Synchronization

/// How many connections there are, from where. Who opens hundreds takes room from itself.
final class ConnectionPlaces: Sendable {
  private struct State {
    var total = 0
    var places: [[UInt8]: Int] = [:]
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isClosed = false
  }

  private let limits: PortalLimits
  private let state = Mutex(State())

  init(limits: PortalLimits) { self.limits = limits }

  /// Takes a place; false where there is none for this address.
  func admit(_ channel: any Channel) -> Bool {
    let place = Self.place(channel.remoteAddress)
    let isAdmitted = state.withLock { state in
      guard !state.isClosed, state.total < limits.connections,
        state.places[place, default: 0] < limits.connectionsPerAddress
      else { return false }
      state.total += 1
      state.places[place, default: 0] += 1
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
    if isAdmitted { channel.closeFuture.whenComplete { _ in self.release(place, ObjectIdentifier(channel)) } }
    return isAdmitted
  }

  private func release(_ place: [UInt8], _ id: ObjectIdentifier) {
    state.withLock { state in
      state.total -= 1
      state.channels[id] = nil
      let left = state.places[place, default: 1] - 1
      state.places[place] = left > 0 ? left : nil
    }
  }

  /// How many are open.
  var count: Int { state.withLock { $0.total } }

  /// Says goodbye to them all, and admits no more.
  func closeAll() async {
    let all = state.withLock { state in
      state.isClosed = true
      return Array(state.channels.values)
    }
    for channel in all { channel.pipeline.fireUserInboundEventTriggered(GoingAway()) }
    for channel in all { try? await channel.closeFuture.get() }
  }

  /// One household's IPv6 addresses are a /64: whoever has one has all of them.
  static func place(_ address: SocketAddress?) -> [UInt8] {
    guard let text = address?.ipAddress, let address = IPAddress(text) else { return [] }
    return address.isV4 ? address.bytes : Array(address.bytes.prefix(8))
  }
}

/// The portal stops: whoever has a connection ends it.
struct GoingAway: Sendable {}
