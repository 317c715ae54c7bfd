import Testing

@testable import CordonDrill

@Suite struct `The packet tap` {
  static func v4(_ destination: [UInt8], protocol number: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [0x45, 0, 0, 0, 0, 0, 0, 0, 64, number, 0, 0, 192, 0, 2, 1] + destination + payload
  }

  static func tcp(port: UInt16, flags: UInt8, _ data: [UInt8] = []) -> [UInt8] {
    [0, 1, UInt8(port >> 8), UInt8(port & 0xFF)] + [UInt8](repeating: 0, count: 8) + [
      0x50, flags, 0, 0, 0, 0, 0, 0,
    ] + data
  }

  static func udp(port: UInt16, _ data: [UInt8]) -> [UInt8] {
    [0, 1, UInt8(port >> 8), UInt8(port & 0xFF), 0, 0, 0, 0] + data
  }

  @Test(arguments: [
    ("TCP call to 203.0.113.9:81", v4([203, 0, 113, 9], protocol: 6, tcp(port: 81, flags: 0x02))),
    ("UDP to 224.0.0.251:5353", v4([224, 0, 0, 251], protocol: 17, udp(port: 5353, [1]))),
    ("ICMP to 192.0.2.2:0", v4([192, 0, 2, 2], protocol: 1, [8, 0, 0, 0, 9])),
    ("IP protocol 47 to 192.0.2.2:0", v4([192, 0, 2, 2], protocol: 47, [1, 2, 3, 4])),
    (nil, v4([192, 0, 2, 2], protocol: 6, tcp(port: 81, flags: 0x12))),
    (nil, v4([192, 0, 2, 2], protocol: 6, tcp(port: 81, flags: 0x04))),
    (nil, v4([127, 0, 0, 1], protocol: 17, udp(port: 53, [1]))),
    (nil, v4([192, 0, 2, 2], protocol: 1, [0, 0, 0, 0])),
    (nil, v4([192, 0, 2, 2], protocol: 1, [3, 3, 0, 0])),
    (nil, [0x45, 0, 0]),
    (nil, []),
  ])
  func `a packet counts by where it goes and what it opens`(place: String?, packet: [UInt8]) {
    #expect(PacketTap.sighting(packet, etherType: 0x0800)?.place == place)
  }

  @Test func `payloads are kept`() {
    let packet = Self.v4([192, 0, 2, 2], protocol: 17, Self.udp(port: 9, Array("secret".utf8)))
    #expect(PacketTap.sighting(packet, etherType: 0x0800)?.payload == Array("secret".utf8))
    let early = Self.v4([192, 0, 2, 2], protocol: 6, Self.tcp(port: 9, flags: 2, Array("early".utf8)))
    #expect(PacketTap.sighting(early, etherType: 0x0800)?.payload == Array("early".utf8))
  }

  @Test func `IPv6 and foreign frames count as well`() {
    let head = [UInt8(0x60), 0, 0, 0, 0, 9, 17, 64] + [UInt8](repeating: 0, count: 16)
    let destination: [UInt8] = [0xFD, 0] + [UInt8](repeating: 0, count: 13) + [2]
    let sighting = PacketTap.sighting(head + destination + Self.udp(port: 7, [5]), etherType: 0x86DD)
    #expect(sighting?.place == "UDP to [fd00:0:0:0:0:0:0:2]:7")
    #expect(PacketTap.sighting([1, 2], etherType: 0x88B5)?.place == "packet of type 0x88b5")
  }
}
