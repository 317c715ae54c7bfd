import FoundationEssentials

/// Everything outside the environment under test: the sink, the allowed host, the package index.
final class OutsideWorld {
  let folder: String
  let sink: Sink
  let certificates: Certificates
  /// What an object in somebody else's bucket holds; the sink shows it to controls.
  let plantedObject: Canary
  private let front: TLSFront

  var recorder: Recorder { sink.recorder }

  /// The upstream that the drill's mirror is given.
  let indexURL: String

  /// Starts it inside a prepared world.
  init(folder: String) throws(DrillError) {
    self.folder = folder
    plantedObject = Canary()
    certificates = try Certificates.make(
      in: folder, allowedNames: [DrillAddress.allowedHost, DrillAddress.directHost].map { "DNS:\($0)" },
      sinkNames: Self.sinkNames)
    sink = try Sink(try Self.plan(folder: folder, plantedObject: plantedObject))
    front = try TLSFront([
      .init(pair: certificates.sink, encrypted: "\(folder)/tls-sink", plain: "\(folder)/plain-sink"),
      .init(pair: certificates.allowed, encrypted: "\(folder)/tls-allowed", plain: "\(folder)/plain-allowed"),
    ])
    // The index is bound first, so that its port is known.
    indexURL = "http://\(sink.addresses.first?.description ?? "")/simple/"
  }

  func stop() {
    front.stop()
    sink.stop()
  }

  /// Every name that a control may call by TLS; the gateway never sees this certificate.
  private static let sinkNames: [String] = {
    let region = Parameters.TwinFacts.none.region
    let zones =
      [DrillAddress.zone, DrillAddress.userZone, "amazonaws.com", "s3.amazonaws.com"]
      + ["\(region).amazonaws.com", "s3.\(region).amazonaws.com", "cordon.internal"]
    return zones.flatMap { ["DNS:\($0)", "DNS:*.\($0)"] }
      + [
        "DNS:\(DrillAddress.allowedHost)", "DNS:\(DrillAddress.directHost)", "IP:\(DrillAddress.sink)",
        "IP:\(DrillAddress.sinkOther)",
      ]
  }()

  private static let ports: [UInt16] = [
    21, 22, 25, 53, 80, 443, 853, 3_128, 8_443, 9_418, DrillAddress.sinkPort,
  ]

  private static func plan(folder: String, plantedObject: Canary) throws(DrillError) -> SinkPlan {
    let sink4 = try bytes(DrillAddress.sink)
    let sink6 = try bytes(DrillAddress.sink6)
    var plan = SinkPlan(
      names: DNSAnswers(
        sinkV4: sink4, sinkV6: sink6, addresses: [DrillAddress.allowedHost: try bytes(DrillAddress.allowed)]))
    plan.pages = SinkPages(plantedObject: plantedObject)
    plan.listeners.append(
      .init(address: .v4([127, 0, 0, 1], port: 0), origin: .index, label: "package index"))
    for address in [DrillAddress.sink, DrillAddress.sink6, DrillAddress.sinkOther] {
      for port in ports { plan.listeners.append(.init(address: try at(address, port), origin: .sink)) }
    }
    for (address, port) in [
      (DrillAddress.metadata, 80), (DrillAddress.metadata6, 80), (DrillAddress.nameserver, 53),
      ("127.0.0.1", DrillAddress.sinkPort), ("::1", DrillAddress.sinkPort),
    ] as [(String, UInt16)] {
      plan.listeners.append(.init(address: try at(address, port), origin: .sink))
    }
    for port in [DrillAddress.allowedPort, DrillAddress.allowedPlainPort, DrillAddress.sinkPort, 443] {
      plan.listeners.append(.init(address: try at(DrillAddress.allowed, port), origin: .allowed))
    }
    for path in ["/run/docker.sock", "/run/dbus/system_bus_socket"] {
      plan.listeners.append(.init(address: .unix(path), origin: .sink, label: "host socket \(path)"))
    }
    plan.listeners.append(
      .init(address: .unix("\(folder)/browser-proxy"), origin: .sink, label: BrowserHouse.proxyLabel))
    for address in [DrillAddress.sink, DrillAddress.sink6, DrillAddress.sinkOther] {
      plan.datagrams += [try at(address, 53), try at(address, DrillAddress.sinkPort)]
    }
    plan.datagrams.append(try at(DrillAddress.nameserver, 53))
    plan.tlsDoors = [.sink: "\(folder)/tls-sink", .allowed: "\(folder)/tls-allowed"]
    plan.plainDoors = [.sink: "\(folder)/plain-sink", .allowed: "\(folder)/plain-allowed"]
    plan.tapInterface = "lo"
    return plan
  }

  private static func at(_ text: String, _ port: UInt16) throws(DrillError) -> SocketAddress {
    guard let address = SocketAddress(text, port: port) else { throw .world("\(text) is no address") }
    return address
  }

  private static func bytes(_ text: String) throws(DrillError) -> [UInt8] {
    switch try at(text, 0) {
    case .v4(let bytes, _), .v6(let bytes, _): return bytes
    case .unix: throw .world("\(text) is no address")
    }
  }

  /// What `cordon up --drill` reads: the outside hosts that exist, so that nothing real is ever contacted.
  func drillFile(_ visit: Visit?) throws(DrillError) -> String {
    struct Host: Encodable {
      var host: String
      var port: UInt16
      var address: String
    }
    struct Visitor: Encodable {
      var person: String
      var port: UInt16
      var notebook: String
    }
    struct Drill: Encodable {
      var upstreamIndex: String
      var allowedHosts: [Host]
      var trustedCA: String
      var visit: Visitor?
    }
    let hosts =
      [DrillAddress.allowedPort, DrillAddress.allowedPlainPort].map {
        Host(host: DrillAddress.allowedHost, port: $0, address: DrillAddress.allowed)
      } + [Host(host: DrillAddress.directHost, port: 443, address: DrillAddress.allowed)]
    let drill = Drill(
      upstreamIndex: indexURL, allowedHosts: hosts, trustedCA: certificates.authority,
      visit: visit.map { Visitor(person: Visit.person, port: Visit.port, notebook: $0.notebook) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    guard let text = try? encoder.encode(drill) else { throw .world("cannot write the drill file") }
    let path = "\(folder)/drill.json"
    try Files.write(String(decoding: text, as: UTF8.self) + "\n", to: path)
    return path
  }
}
