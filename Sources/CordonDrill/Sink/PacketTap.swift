/// Reads packets off the drill world's interface: the last resort that sees what no socket of the sink does.
///
/// TCP payloads are left to the listeners, which see whole streams; of TCP only a call to a new place counts.
struct PacketTap: Sendable {
  /// What a packet means.
  struct Sighting: Equatable, Sendable {
    var place: String
    var payload: [UInt8]
    /// Where a TCP call goes; nil for everything else.
    var called: SocketAddress?
  }

  private static let ipv4: UInt16 = 0x0800
  private static let ipv6: UInt16 = 0x86DD
  private static let unreachable: [UInt8: Set<UInt8>] = [1: [3], 58: [1, 133, 134, 135, 136, 143]]

  /// Nil for packets that stay on the machine's loopback, replies, and the kernel's own housekeeping.
  static func sighting(_ packet: [UInt8], etherType: UInt16) -> Sighting? {
    switch etherType {
    case ipv4: return readV4(packet)
    case ipv6: return readV6(packet)
    default: return Sighting(place: "packet of type \(hex(etherType))", payload: packet)
    }
  }

  private static func hex(_ value: UInt16) -> String { "0x" + String(value, radix: 16) }

  private static func readV4(_ packet: [UInt8]) -> Sighting? {
    guard packet.count >= 20 else { return nil }
    let header = Int(packet[0] & 15) * 4
    guard header >= 20, packet.count >= header else { return nil }
    let payload = Array(packet[header...])
    return read(payload, protocol: packet[9]) { .v4(Array(packet[16..<20]), port: $0) }
  }

  private static func readV6(_ packet: [UInt8]) -> Sighting? {
    guard packet.count >= 40 else { return nil }
    // Multicast listener reports carry a hop-by-hop header in front; the kernel sends them by itself.
    guard packet[6] != 0 else { return nil }
    return read(Array(packet[40...]), protocol: packet[6]) { .v6(Array(packet[24..<40]), port: $0) }
  }

  private static func read(
    _ payload: [UInt8], protocol number: UInt8, address: (UInt16) -> SocketAddress
  ) -> Sighting? {
    let port = payload.count >= 4 ? UInt16(payload[2]) << 8 | UInt16(payload[3]) : 0
    let place = address([6, 17].contains(number) ? port : 0)
    guard !place.isLoopback else { return nil }
    switch number {
    case 6:
      // A first SYN only: no ACK, no RST.
      guard payload.count >= 20, payload[13] & 0x17 == 0x02 else { return nil }
      let dataStart = min(payload.count, Int(payload[12] >> 4) * 4)
      return Sighting(
        place: "TCP call to \(place)", payload: Array(payload[dataStart...]), called: place)
    case 17:
      return Sighting(place: "UDP to \(place)", payload: Array(payload.dropFirst(8)))
    case 1, 58:
      guard let kind = payload.first, unreachable[number]?.contains(kind) != true else { return nil }
      // Replies carry what the request carried; the request was seen already.
      guard kind != 0 && kind != 129 else { return nil }
      return Sighting(place: "ICMP to \(place)", payload: Array(payload.dropFirst(4)))
    default:
      return Sighting(place: "IP protocol \(number) to \(place)", payload: payload)
    }
  }
}
