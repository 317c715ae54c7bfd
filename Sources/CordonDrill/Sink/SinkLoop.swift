/// The sink's one thread: accepts, answers, relays TLS to its front, and records all of it.
///
/// Confined to the thread that calls `run`.
final class SinkLoop {
  /// A connection, or one half of a TLS relay.
  private final class Link {
    let descriptor: Int32
    let origin: Origin
    /// Where the arrival is recorded; nil for the way to the TLS front.
    let stream: Int?
    var conversation: Conversation?
    var partner: Link?
    var outbox: [UInt8] = []
    var closesWhenSent = false

    init(_ descriptor: Int32, origin: Origin, stream: Int?, conversation: Conversation?) {
      self.descriptor = descriptor
      self.origin = origin
      self.stream = stream
      self.conversation = conversation
    }
  }

  private let plan: SinkPlan
  private let recorder: Recorder
  private let listeners: [Int32: SinkPlan.Listener]
  private let datagrams: [Int32: SocketAddress]
  private let tap: Int32?
  private let stop: Int32
  private var links: [Int32: Link] = [:]
  private static let linkLimit = 4_096
  private static let outboxLimit = 8 << 20

  init(
    plan: SinkPlan, recorder: Recorder, listeners: [Int32: SinkPlan.Listener],
    datagrams: [Int32: SocketAddress], tap: Int32?, stop: Int32
  ) {
    self.plan = plan
    self.recorder = recorder
    self.listeners = listeners
    self.datagrams = datagrams
    self.tap = tap
    self.stop = stop
  }

  /// Serves until a byte comes on the stop descriptor, then closes everything.
  func run() {
    while true {
      var interests = interests()
      Posix.wait(&interests, milliseconds: -1)
      if interests.contains(where: { $0.descriptor == stop && $0.isReadable }) { break }
      for interest in interests { serve(interest) }
    }
    let fixed = Array(listeners.keys) + Array(datagrams.keys) + [stop] + (tap.map { [$0] } ?? [])
    (fixed + Array(links.keys)).forEach(Posix.closeDescriptor)
  }

  private func interests() -> [Posix.Interest] {
    var all = [stop] + Array(datagrams.keys) + (tap.map { [$0] } ?? [])
    if links.count < Self.linkLimit { all += listeners.keys }
    return all.map { Posix.Interest(descriptor: $0) }
      + links.values.map { link in
        let partnerIsFull = (link.partner?.outbox.count ?? 0) > Self.outboxLimit
        return Posix.Interest(
          descriptor: link.descriptor, reading: !partnerIsFull, writing: !link.outbox.isEmpty)
      }
  }

  private func serve(_ interest: Posix.Interest) {
    let descriptor = interest.descriptor
    if let listener = listeners[descriptor] {
      if interest.isReadable { accept(descriptor, listener) }
    } else if let address = datagrams[descriptor] {
      if interest.isReadable { answerDatagrams(descriptor, address) }
    } else if descriptor == tap {
      if interest.isReadable { readTap(descriptor) }
    } else if let link = links[descriptor] {
      if interest.isWritable { flush(link) }
      if interest.isReadable, links[descriptor] === link { read(link) }
    }
  }

  // MARK: Connections

  private func accept(_ descriptor: Int32, _ listener: SinkPlan.Listener) {
    while links.count < Self.linkLimit, let accepted = Posix.accept(descriptor) {
      let place = listener.label ?? "TCP \(Posix.localAddress(accepted) ?? listener.address)"
      let pages: any Pages = listener.origin == .index ? PackageIndex() : plan.pages
      let conversation = Conversation(port: listener.address.port, pages: pages, names: plan.names)
      let link = Link(
        accepted, origin: listener.origin, stream: recorder.open(listener.origin, at: place),
        conversation: conversation)
      links[accepted] = link
      send(conversation.banner, to: link)
    }
  }

  private func read(_ link: Link) {
    switch Posix.read(link.descriptor) {
    case .again: break
    case .end, .failed: close(link)
    case .bytes(let bytes):
      if let stream = link.stream { recorder.append(bytes, to: stream) }
      if let partner = link.partner {
        send(bytes, to: partner)
      } else {
        perform(link.conversation?.receive(bytes) ?? [], on: link)
      }
    }
  }

  private func perform(_ actions: [Conversation.Action], on link: Link) {
    for action in actions {
      switch action {
      case .reply(let bytes): send(bytes, to: link)
      case .close: link.closesWhenSent = true
      case .startTLS(let held): startTLS(held, on: link)
      }
    }
  }

  private func startTLS(_ held: [UInt8], on link: Link) {
    guard let path = plan.tlsDoors[link.origin],
      let descriptor = try? Posix.connect(.unix(path))
    else { return close(link) }
    let inner = Link(descriptor, origin: link.origin, stream: nil, conversation: nil)
    inner.partner = link
    link.partner = inner
    links[descriptor] = inner
    send(held, to: inner)
  }

  private func send(_ bytes: [UInt8], to link: Link) {
    guard links[link.descriptor] === link, !bytes.isEmpty else { return }
    link.outbox += bytes
    flush(link)
  }

  private func flush(_ link: Link) {
    while !link.outbox.isEmpty {
      guard let sent = Posix.write(link.descriptor, link.outbox.prefix(65_536)) else { return close(link) }
      if sent == 0 { return }
      link.outbox.removeFirst(sent)
    }
    if link.closesWhenSent { close(link) }
  }

  private func close(_ link: Link) {
    guard links[link.descriptor] === link else { return }
    links[link.descriptor] = nil
    Posix.closeDescriptor(link.descriptor)
    guard let partner = link.partner else { return }
    link.partner = nil
    partner.partner = nil
    partner.conversation = nil
    if partner.outbox.isEmpty { close(partner) } else { partner.closesWhenSent = true }
  }

  // MARK: Datagrams and packets

  private func answerDatagrams(_ descriptor: Int32, _ address: SocketAddress) {
    while let (bytes, sender) = Posix.receive(descriptor) {
      let name = address.port == 53 || plan.answersEveryDatagram ? DNSAnswers.questionName(bytes)?.name : nil
      recorder.datagram(.sink, at: "\(name == nil ? "UDP" : "DNS") \(address)", bytes, name: name)
      guard name != nil, let sender, let reply = plan.names.reply(to: bytes) else { continue }
      Posix.send(descriptor, reply, to: sender)
    }
  }

  private func readTap(_ descriptor: Int32) {
    while let packet = Posix.receivePacket(descriptor) {
      guard !packet.isOutgoing,
        let sighting = PacketTap.sighting(packet.bytes, etherType: packet.etherType),
        sighting.called.map(plan.isServed) != true
      else { continue }
      recorder.datagram(.sink, at: sighting.place, sighting.payload)
    }
  }
}
