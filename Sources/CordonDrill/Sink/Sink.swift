import Foundation

/// What the outside world consists of.
public struct SinkPlan: Sendable {
  /// A place where connections are taken.
  struct Listener: Sendable {
    var address: SocketAddress
    var origin: Origin
    /// What the recording calls it; the address where left out.
    var label: String?
  }

  var listeners: [Listener] = []
  var datagrams: [SocketAddress] = []
  var names: DNSAnswers
  var pages = SinkPages()
  /// Where TLS is brought, by whom it was meant for.
  var tlsDoors: [Origin: String] = [:]
  /// Where the TLS front brings back what was inside.
  var plainDoors: [Origin: String] = [:]
  /// The interface whose packets are watched.
  var tapInterface: String?
  /// Datagrams on every port are taken for questions; tests have no port 53.
  var answersEveryDatagram = false
  /// Set once the sockets stand: where TCP calls are taken. Those the tap leaves out; a datagram it records even
  /// where a socket does, since the kernel drops some that were sent all the same.
  var served: Set<SocketAddress> = []

  func isServed(_ address: SocketAddress) -> Bool { served.contains(address) }
}

/// A running outside world: whatever leaves the environment under test arrives here and is recorded.
public final class Sink: Sendable {
  /// What arrived.
  public let recorder: Recorder
  /// Where connections are taken, with the ports that the system chose.
  public let addresses: [SocketAddress]
  /// Where datagrams are taken.
  public let datagramAddresses: [SocketAddress]
  private let stopper: Int32
  private let done: DispatchSemaphore

  /// Binds everything and starts the thread that serves it.
  init(_ plan: SinkPlan, recorder: Recorder = Recorder()) throws(DrillError) {
    var plan = plan
    var listeners: [Int32: SinkPlan.Listener] = [:]
    var datagrams: [Int32: SocketAddress] = [:]
    var order: [SocketAddress] = []
    var datagramOrder: [SocketAddress] = []
    for (origin, path) in plan.plainDoors {
      listeners[try Posix.listen(.unix(path))] = .init(
        address: .unix(path), origin: origin, label: "inside TLS to the \(origin.rawValue)")
    }
    for var listener in plan.listeners {
      let descriptor = try Posix.listen(listener.address)
      if case .unix = listener.address {
      } else {
        listener.address = Posix.localAddress(descriptor) ?? listener.address
      }
      listeners[descriptor] = listener
      order.append(listener.address)
    }
    for address in plan.datagrams {
      let descriptor = try Posix.datagramSocket(address)
      datagrams[descriptor] = Posix.localAddress(descriptor) ?? address
      datagramOrder.append(datagrams[descriptor] ?? address)
    }
    plan.served = Set(order)
    let tap = try plan.tapInterface.map { name throws(DrillError) in try Posix.packetSocket(interface: name) }
    let (stop, stopper) = try Posix.pipe()
    let finished = DispatchSemaphore(value: 0)
    let settled = plan
    let taken = listeners
    let questions = datagrams
    Thread.detachNewThread {
      SinkLoop(
        plan: settled, recorder: recorder, listeners: taken, datagrams: questions, tap: tap, stop: stop
      ).run()
      finished.signal()
    }
    self.recorder = recorder
    self.stopper = stopper
    addresses = order
    datagramAddresses = datagramOrder
    done = finished
  }

  /// Ends the thread and closes every socket.
  func stop() {
    _ = Posix.write(stopper, [0])
    done.wait()
    Posix.closeDescriptor(stopper)
  }
}
