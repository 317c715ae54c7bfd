import CordonModel
import Testing

@Suite struct `Addresses and their ranges` {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
    ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("::ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
  ])
  func `an address has one spelling`(written: String, shown: String) {
    #expect(IPAddress(written)?.description == shown)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.-4", "1.2.3.4 ", "0x7f.0.0.1", ":", ":::",
    "1::2::3",
    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "fe80::1%eth0", "::1.2.3", "g::",
    "1:", ":1",
    "::1:", "1.2.3.4::", "[::1]", "१.२.३.४",
  ])
  func `anything else is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    (true, "192.0.2.0/24", "192.0.2.255"), (false, "192.0.2.0/24", "192.0.3.0"),
    (true, "192.0.2.0/24", "::ffff:192.0.2.7"), (true, "0.0.0.0/0", "198.51.100.1"),
    (false, "0.0.0.0/0", "2001:db8::1"), (false, "::/0", "192.0.2.1"),
    (true, "2001:db8::/33", "2001:db8:7fff::1"),
    (false, "2001:db8::/33", "2001:db8:8000::1"), (true, "192.0.2.7", "192.0.2.7"),
    (false, "192.0.2.7", "192.0.2.6"),
  ])
  func `a range holds the addresses that begin as it does`(expected: Bool, range: String, address: String)
    throws
  {
    #expect(try AddressRange(range).contains(try #require(IPAddress(address))) == expected)
  }

  @Test(arguments: [
    "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.1/24", "192.0.2.0/024", "192.0.2.0/-1", "192.0.2.0/+8",
    "2001:db8::/129", "2001:db8::1/64", "192.0.2.0/24/24", "192.0.2.0 /24",
  ])
  func `a range is written in one way`(text: String) {
    #expect(throws: NameRefusal.self) { try AddressRange(text) }
  }
}
