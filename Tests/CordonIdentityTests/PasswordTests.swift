import CordonWire
import FoundationEssentials
import Testing

@testable import CordonIdentity

@Suite struct `Passwords as they are kept` {
  // RFC 7914 §12.
  @Test(arguments: [
    (
      "", "", 4, 1, 1,
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
    ),
    (
      "password", "NaCl", 10, 8, 16,
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    ),
    (
      "pleaseletmein", "SodiumChloride", 14, 8, 1,
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    ),
  ])
  func `scrypt is RFC 7914's`(
    password: String, salt: String, rounds: Int, block: Int, lanes: Int, expected: String
  ) throws {
    let cost = ScryptCost(rounds: rounds, block: block, lanes: lanes)
    #expect(Hex.text(try cost.hash(Array(password.utf8), salt: Array(salt.utf8))) == expected)
  }

  @Test func `the cost in force is 128 MiB of N 2^17, r 8, p 1`() throws {
    #expect(ScryptCost.standard == ScryptCost(rounds: 17, block: 8, lanes: 1))
    let hash = try PasswordHash(of: [1, 2, 3], cost: .standard)
    #expect(hash.matches([1, 2, 3]))
    #expect(!hash.matches([1, 2, 4]))
  }

  @Test func `a stored hash is read back with its parameters`() throws {
    let hash = try PasswordHash(of: [7], cost: World.cheap)
    #expect(hash.text.hasPrefix("scrypt$10$8$1$"))
    #expect(PasswordHash(hash.text) == hash)
    #expect(try PasswordHash(of: [7], cost: World.cheap) != hash)
  }

  @Test(arguments: [
    "", "scrypt", "scrypt$10$8$1$$", "scrypt$40$8$1$SALT$HASH", "scrypt$10$8$4096$SALT$HASH",
    "scrypt$10$999999$1$SALT$HASH", "scrypt$-1$8$1$SALT$HASH", "scrypt$10$8$1$SALT$HASH$",
    "bcrypt$10$8$1$SALT$HASH",
    "scrypt$10$8$1$HASH$SALT", "scrypt$9223372036854775808$8$1$SALT$HASH", "scrypt$1$8$1$SALT$HASH",
  ])
  func `a damaged row asks for no memory`(text: String) {
    let salt = Base64URL.text([UInt8](repeating: 1, count: 16))
    let hash = Base64URL.text([UInt8](repeating: 1, count: 32))
    let written = text.replacing("SALT", with: salt).replacing("HASH", with: hash)
    #expect(PasswordHash(written) == nil)
  }

  @Test(
    arguments: [
      (nil, "plum gravel orbit tune"), (nil, "correct horse battery"), (nil, "Xk9#vL2!mQ7z"),
      (nil, "пароль-на-берегу"),
      (nil, "安全な環境で働く人のための鍵"), (.tooShort, ""), (.tooShort, "Xk9#vL2!mQ7"),
      (.tooLong, String(repeating: "Xk9#vL2!mQ7z", count: 22)),
      (.tooLong, String(repeating: "a", count: 1 << 20)),
      (.tooPlain, "aaaaaaaaaaaaaaaa"), (.tooPlain, "abababababab"), (.tooPlain, "1234567890123"),
      (.tooPlain, "qwertyuiopasdfgh"), (.tooPlain, "abcdefghijklm"), (.common, "Password1234!"),
      (.common, "P@ssw0rd2026!"), (.common, "iloveyou-2026-!"), (.common, "passwordpassword"),
      (.common, "Winter2026!!!"),
      (.ownName, "scientist-1-2026"), (.ownName, "5cient15t-2026"), (.ownName, "Fraud-Models-99"),
    ] as [(PasswordProblem?, String)])
  func `what everybody tries first is not taken`(expected: PasswordProblem?, password: String) {
    let rules = PasswordRules(names: ["scientist-1", "fraud-models"])
    #expect(rules.problem(with: password) == expected, "\(password.prefix(40))")
  }
}

@Suite struct `Codes of an authenticator` {
  // RFC 6238 appendix B.
  @Test(arguments: [
    (Int64(59), "94287082", "46119246", "90693936"), (1_111_111_109, "07081804", "68084774", "25091201"),
    (1_111_111_111, "14050471", "67062674", "99943326"), (1_234_567_890, "89005924", "91819424", "93441116"),
    (2_000_000_000, "69279037", "90698825", "38618901"), (20_000_000_000, "65353130", "77737706", "47863826"),
  ])
  func `they are RFC 6238's`(time: Int64, sha1: String, sha256: String, sha512: String) {
    func code(_ hash: OneTimeCode.Hash, _ length: Int) -> String {
      let secret = Array(String(repeating: "1234567890", count: 7).utf8.prefix(length))
      return OneTimeCode(secret: secret, hash: hash, digits: 8).code(step: OneTimeCode.step(at: time))
    }
    #expect([code(.sha1, 20), code(.sha256, 32), code(.sha512, 64)] == [sha1, sha256, sha512])
  }

  @Test(arguments: [(-2, false), (-1, true), (0, true), (1, true), (2, false)] as [(Int64, Bool)])
  func `one half minute early or late is good`(offset: Int64, isGood: Bool) {
    let code = OneTimeCode.random()
    let step = OneTimeCode.step(at: 1_700_000_000)
    let found = code.step(of: code.code(step: step + offset), at: 1_700_000_000, after: 0)
    #expect(found == (isGood ? step + offset : nil))
  }

  @Test func `a code of a half minute that was used is not good, nor one before it`() {
    let code = OneTimeCode.random()
    let step = OneTimeCode.step(at: 1_700_000_000)
    #expect(code.step(of: code.code(step: step), at: 1_700_000_000, after: step) == nil)
    #expect(code.step(of: code.code(step: step - 1), at: 1_700_000_000, after: step) == nil)
    #expect(code.step(of: code.code(step: step + 1), at: 1_700_000_000, after: step) == step + 1)
  }

  @Test(arguments: [Int64.min, -1, 0, 1, Int64.max / 2])
  func `no time of the clock traps`(time: Int64) {
    #expect(OneTimeCode.random().step(of: "no", at: time, after: 0) == nil)
  }

  // RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
    ("foobar", "MZXW6YTBOI"),
  ])
  func `the secret is written in RFC 4648's base 32`(bytes: String, text: String) {
    #expect(Base32.text(Array(bytes.utf8)) == text)
  }

  @Test func `a recovery code is typed as people type`() throws {
    let code = RecoveryCode.random()
    let plain = try #require(RecoveryCode.canonical(code))
    #expect(plain.utf8.count == 16)
    #expect(RecoveryCode.canonical(" " + code.lowercased().replacing("-", with: " ")) == plain)
    for text in [
      "", "123456", plain + "A", String(plain.dropLast()) + "0", String(repeating: "A", count: 1 << 20),
    ] {
      #expect(RecoveryCode.canonical(text) == nil)
    }
  }
}
