import CordonModel
import Testing

@testable import CordonSpec

@Suite struct Quantities {
  @Test(
    arguments: [
      (900, "15m"), (28_800, "8h"), (604_800, "7d"), (604_800, "1w"), (0, "0s"), (60, "60 s"),
      (315_360_000, "3650d"),
      (nil, ""), (nil, "7"), (nil, "d"), (nil, "-7d"), (nil, "+7d"), (nil, "07d"), (nil, "7.5d"),
      (nil, "7 days"),
      (nil, "3651d"), (nil, "999999999w"), (nil, "99999999999999999999d"), (nil, "٧d"), (nil, "7d "),
      (nil, "1h30m"),
    ] as [(Int?, String)])
  func `a duration is a whole number and a unit`(seconds: Int?, text: String) {
    #expect((try? Quantity.duration(text)) == seconds)
  }

  @Test(
    arguments: [
      (8 << 30, "8 GiB"), (8 << 30, "8GiB"), (1 << 50, "1024 TiB"), (1 << 10, "1 KiB"), (64 << 20, "64 MiB"),
      (nil, "0 GiB"), (nil, "8"), (nil, "8 GB"), (nil, "8 gib"), (nil, "1025 TiB"), (nil, "999999999 TiB"),
      (nil, "1e9 KiB"), (nil, "-1 KiB"),
    ] as [(Int?, String)])
  func `a size is a whole number and a binary unit`(bytes: Int?, text: String) {
    #expect((try? Quantity.size(text)) == bytes)
  }

  @Test(
    arguments: [
      (40_000, "400 USD"), (9_950, "99.50 EUR"), (9_950, "99.5 EUR"), (1, "0.01 CHF"),
      (99_999_999_900, "999999999 JPY"),
      (nil, "400"), (nil, "USD 400"), (nil, "400 usd"), (nil, "400  USD"), (nil, "0 USD"), (nil, "-4 USD"),
      (nil, "4.005 USD"), (nil, "4. USD"), (nil, "1,000 USD"), (nil, "$400"),
    ] as [(Int?, String)])
  func `a sum of money is exact and has a currency`(hundredths: Int?, text: String) {
    #expect((try? Quantity.money(text))?.hundredths == hundredths)
  }

  @Test(
    arguments: [
      (2_000, "2"), (500, "0.5"), (100, "0.1"), (1_024_000, "1024"), (nil, "0"), (nil, "0.05"), (nil, "1025"),
      (nil, "two"), (nil, ".5"), (nil, "1.234"),
    ] as [(Int?, String)])
  func `cores are counted in tenths at the least`(millicores: Int?, text: String) {
    #expect((try? Quantity.cpus(text)) == millicores)
  }

  @Test(
    arguments: [
      (80, "80%"), (1_000, "1000%"), (nil, "80"), (nil, "0%"), (nil, "1001%"), (nil, "8.5%"), (nil, "%"),
    ] as [(Int?, String)])
  func `a share is whole percent`(percent: Int?, text: String) {
    #expect((try? Quantity.percent(text)) == percent)
  }

  @Test(
    arguments: [
      ("scikit-learn", "Scikit_Learn"), ("a-b", "a-_.b"), ("zope-interface", "zope.interface"), ("x", "X"),
      (nil, ""), (nil, "-a"), (nil, "a-"), (nil, "a b"), (nil, "pandas==2"), (nil, "pandas[all]"), (nil, "*"),
      (nil, "../x"), (nil, "pändas"), (nil, String(repeating: "a", count: 101)),
    ] as [(String?, String)])
  func `a package name has one spelling`(expected: String?, text: String) {
    #expect((try? Reading.packageName(text)) == expected)
  }

  @Test(arguments: [
    (true, "https://mirror.example.com/simple/"), (true, "https://mirror.example.com:8443/simple"),
    (true, "http://127.0.0.1:3141/simple/"), (true, "http://localhost/simple/"),
    (false, "http://mirror.example.com/simple/"), (false, "ftp://mirror.example.com/"),
    (false, "mirror.example.com"),
    (false, "https:///simple/"), (false, "https://user@mirror.example.com/"), (false, "file:///srv/simple/"),
    (false, "https://user:secret@mirror.example.com/"), (false, "https://mirror.example.com/?key=1"),
    (false, "https://mirror.example.com/#x"), (false, "https://mirror.example.com/ x"), (false, ""),
    (false, "http://localhost.evil.test/"), (false, "http://127.0.0.1@evil.test/"),
  ])
  func `an index answers over TLS and holds no password`(isAccepted: Bool, url: String) {
    #expect(((try? Reading.upstream(url)) != nil) == isAccepted)
  }

  @Test func `a password is not repeated in the message about it`() throws {
    let refusal = #expect(throws: NameRefusal.self) {
      try Reading.upstream("https://user:secret@mirror.example.com/")
    }
    #expect(try #require(refusal).description.contains("secret") == false)
  }
}
