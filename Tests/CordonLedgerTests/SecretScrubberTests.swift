import Crypto
import FoundationEssentials
import Testing

@testable import CordonLedger

@Suite struct `A secret in a text` {
  private static func marker(_ secret: some StringProtocol) -> String {
    let hash = Hexadecimal.text(SHA256.hash(data: Array(secret.utf8)))
    return "[withheld: \(secret.utf8.count) bytes, sha256 \(hash)]"
  }

  private static let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  private static let signature = String(repeating: "6b86b273ff34fce1", count: 4)
  private static let jwt =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzY2llbnRpc3QtMSJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  private static let session = "IQoJb3JpZ2luX2VjEPz//////////wEaCWV1LXdlc3QtMSJHMEUCIQDE"
  /// The frame of a PEM key, put together here: no file of the project looks like one that holds a key.
  private static let opening = "-----BEGIN " + "PRIVATE KEY-----"
  private static let pem = opening + "\nMC4CAQ\n" + "-----END " + "PRIVATE KEY-----"

  /// What stands before, what must be withheld, what stands behind.
  private static let withheld: [(before: String, secret: String, behind: String)] = [
    ("arn:aws:s3:::churn-store/", key, ""),
    ("arn:aws:s3:::churn-store/models/", key, "/weights.bin"),
    ("SecretAccessKey=", key, "&x=1"),
    ("{\"SecretAccessKey\" : \"", key, "\",\"name\":\"weights\"}"),
    ("<SecretAccessKey>", key, "</SecretAccessKey><Name>weights</Name>"),
    ("export AWS_SECRET_ACCESS_KEY=", key, " AWS_REGION=eu-west-1"),
    ("k?X-Amz-Signature=", signature, "&versionId=3"),
    ("k?X-Amz-Signature=", signature, "/weights.bin"),
    ("k%3Fx-amz-signature%3D", signature, "%26versionId%3D3"),
    ("k%253Fx-amz-signature%253D", signature, "%2526versionId%253D3"),
    ("k?X-Amz-Date=20260101T000000Z&X-Amz-Security-Token=", session, "&X-Amz-SignedHeaders=host"),
    ("x-amz-security-token: ", session, "\nhost: evil.test"),
    ("models/", session, " weights"),
    ("authorization: Bearer ", "abc", " weights.bin"),
    ("Authorization: Basic ", "dXNlcjpwYXNz", ""),
    ("Authorization: ", "Own dXNlcjpwYXNz", ""),
    ("authorization=", "dXNlcjpwYXNz", "&page=2"),
    ("Authorization%3A+Bearer+", "dXNlcjpwYXNz", "%0Ahost"),
    (
      "Authorization: AWS4-HMAC-SHA256 ",
      "Credential=A/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=6b86b2",
      " weights"
    ),
    ("Authorization: Digest ", "username=\"x\", response=\"6629fae4", "\""),
    ("AWS4-HMAC-SHA256 ", "Credential=AKIA/x, Signature=6b", ""),
    ("bearer ", "mF_9.B5f-4.1JqM", ""),
    ("sent ", jwt, " to weights.bin"),
    ("models/", jwt, "/weights.bin"),
    ("", pem, " weights.bin"),
    ("", opening + "\nMC4CAQ", ""),
    ("", "-----BEGIN%20RSA%20PRIVATE%20KEY-----%0AMC4CAQ", ""),
    ("https://scientist-1:", "hunter2", "@allowed.test/weights"),
    ("password=", "p@ss/wörd", "&user=scientist-1"),
    ("client_secret=", "abc", ""),
    ("git+https://", "ghp_" + String(repeating: "aB3", count: 12), "@allowed.test/weights"),
    ("", "hf_" + String(repeating: "aB3", count: 11), ""),
    ("", "pypi-AgEIcHlwaS5vcmc" + String(repeating: "aB3", count: 20), ""),
  ]

  @Test(arguments: withheld)
  func `is withheld alone, with its length and hash`(before: String, secret: String, behind: String) {
    #expect(
      SecretScrubber.clean(before + secret + behind, upTo: 4_000) == before + Self.marker(secret) + behind)
  }

  @Test(arguments: [
    "arn:aws:s3:::churn-store/data/Region=EU/Year=2026/part-00000-4b6b86b2-73ff-34fc-e19d-6b86b273ff34.parquet",
    "arn:aws:s3:::churn-store/models/ResNet50-ImageNet1K-V2/checkpoints/Epoch0042/Optimizer/State/Shard-00001",
    "arn:aws:s3:::churn-store/da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "arn:aws:s3:::churn-store/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.bin",
    "arn:aws:s3:::churn-store/Reports/Quarterly2026/FinanceDepartment01",
    "arn:aws:s3:::churn-store/bearer token report.csv", "arn:aws:s3:::churn-store/authorization-2026.csv",
    "arn:aws:s3:::churn-store/password-policy.pdf", "arn:aws:s3:::churn-store/x-amz-signature notes.txt",
    "arn:aws:s3:::churn-store/100%25 real%2Fdata.csv", "arn:aws:s3:::churn-store/100%",
    "arn:aws:sts::111122223333:assumed-role/churn-workspace/scientist-1",
    "arn:aws:cordon:eu-west-1:111122223333:package/pypi/scikit-learn", "ASIAIOSFODNN7EXAMPLE",
    "scikit_learn-1.7.2-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
    "https://allowed.test:443/path", "eyJobs.parquet", "hf_model_weights_of_the_second_training_run.bin",
    "-----begin", "statement 1 'OrganizationOnly'", "été/😀/données.csv",
    "the session token has expired; ask for new credentials", "no Authorization header", "",
  ])
  func `is not seen in an ordinary name`(name: String) {
    #expect(SecretScrubber.clean(name, upTo: 2_048) == name)
  }

  /// A workspace chooses the text: it must not make the gateway look at one for long.
  @Test(arguments: ["a/", "A/", "-eyJ", "://", "password ", "-----begi"])
  func `looks at no text much longer than at any other of its length`(unit: String) {
    func quickest(_ unit: String) -> Duration {
      let text = String(String(repeating: unit, count: 4_096).prefix(4_096))
      return (0..<3).map { _ in ContinuousClock().measure { _ = SecretScrubber.clean(text) } }.min() ?? .zero
    }
    #expect(quickest(unit) < quickest("plain words ") * 16)
  }

  @Test func `does not take along the name of an object, nor of its bucket`() {
    for secret in [Self.key, Self.signature, Self.jwt, Self.session] {
      let text = SecretScrubber.clean("arn:aws:s3:::churn-store/X-Amz-Security-Token=\(secret) patients.csv")
      #expect(text.hasPrefix("arn:aws:s3:::churn-store/X-Amz-Security-Token=[withheld: "))
      #expect(text.hasSuffix("] patients.csv"))
    }
  }

  @Test func `is withheld once: what took its place stays as it is`() {
    for row in Self.withheld {
      let once = SecretScrubber.clean(row.before + row.secret + row.behind, upTo: 4_000)
      #expect(SecretScrubber.clean(once, upTo: 4_000) == once)
    }
  }

  @Test func `does not push the end of a name out of the record`() {
    let many = String(repeating: "password=a ", count: 90)
    let text = SecretScrubber.clean("arn:aws:s3:::churn-store/\(many)patients.csv", upTo: 2_048)
    #expect(text.hasSuffix("patients.csv"))
    #expect(text.matches(of: #/\[withheld: /#).count == SecretScrubber.mostValues)
  }

  @Test func `is found before the text is cut, and the cut text has a hash`() {
    let text =
      String(repeating: "x", count: 1_020) + " password=hunter2" + String(repeating: "é", count: 9_000)
    let cleaned = SecretScrubber.clean(text)
    #expect(!cleaned.contains("hunt"))
    #expect(
      cleaned.hasSuffix(
        "[truncated: \(text.utf8.count) bytes, sha256 \(Hexadecimal.text(SHA256.hash(data: Array(text.utf8))))]"
      ))
    #expect(cleaned.utf8.count < 1_150)
  }
}

@Suite struct `Secrets that chance made` {
  private static let contexts = [
    "arn:aws:s3:::churn-store/models/", "sent ", "{\"token\":\"", "k?Expires=60&token=",
  ]

  @Test func `never survive in a place where a client puts them`() {
    var random = Dice(seed: 7)
    for _ in 0..<400 {
      let key = random.base64(30)
      let token = random.base64(96)
      let hex = random.hex(32)
      let url = random.base64(48).replacing("+", with: "-").replacing("/", with: "_")
      let placed = [
        ("aws_secret_access_key = \(key)\n", key), ("\"SecretAccessKey\":\"\(key)\"", key),
        ("X-Amz-Security-Token=\(token)&a=b", token), ("x-amz-security-token: \(token)", token),
        ("X-Amz-Signature=\(hex)", hex), ("Authorization: Bearer \(url)", url),
        ("Authorization: AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=host, Signature=\(hex)", hex),
        ("https://user:\(url)@allowed.test/", url),
        ("-----BEGIN " + "PRIVATE KEY-----\n\(token)\n-----END " + "PRIVATE KEY-----", token),
        ("eyJhbGciOiJFUzI1NiJ9.eyJ\(url).\(url)", url),
      ]
      for (text, secret) in placed {
        for spelled in random.spellings(of: text) {
          let cleaned = SecretScrubber.clean(spelled)
          #expect(!cleaned.contains(secret.prefix(24)), "\(spelled)")
          #expect(!cleaned.contains(secret.suffix(24)), "\(spelled)")
          #expect(cleaned.contains(SecretScrubber.withheld), "\(spelled)")
        }
      }
    }
  }

  @Test func `are known without a name as long as they look like chance`() {
    var random = Dice(seed: 11)
    var missed = 0
    for _ in 0..<500 {
      for secret in [random.base64(30), random.base64(96)] {
        for context in Self.contexts {
          let cleaned = SecretScrubber.clean(context + secret)
          #expect(cleaned.hasPrefix(context.prefix { $0 != "/" }))
          if cleaned.contains(secret) { missed += 1 }
        }
      }
    }
    // Forty random characters now and then look like a name: no digit, or few capitals.
    #expect(missed * 100 < 2 * 500 * 2 * Self.contexts.count)
  }

  @Test func `no bytes end the process, and text without a secret is untouched`() {
    var random = Dice(seed: 13)
    let pieces = [
      "authorization", ":", "=", " ", "%", "%25", "%3D", "\"", "-----BEGIN ", "-----END ", "eyJ", ".", "://",
      "@",
      "bearer ", "AWS4-HMAC-SHA256 Credential", ",", "é", "😀", "password", "x-amz-signature", "A", "/",
      "\u{0}",
    ]
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      let cleaned = SecretScrubber.clean(text, upTo: 64)
      #expect(cleaned.contains("[") || cleaned == text)
    }
  }
}

/// A generator with a seed (SplitMix64), so that a failure can be replayed.
private struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }

  mutating func base64(_ count: Int) -> String { Data(bytes(count)).base64EncodedString() }

  mutating func hex(_ count: Int) -> String { Hexadecimal.text(bytes(count)) }

  /// The text as it is, in another case where that changes no value, and percent-encoded once or twice.
  mutating func spellings(of text: String) -> [String] {
    let once = Self.encoded(text)
    return [text, "k?" + text, once, Self.encoded(once)]
  }

  private static func encoded(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      let isPlain = ASCIIText.isURLSafe(byte)
      result += isPlain ? String(UnicodeScalar(byte)) : "%" + Hexadecimal.text([byte]).uppercased()
    }
  }
}
