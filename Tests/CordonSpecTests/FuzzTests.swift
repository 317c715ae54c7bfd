import CordonModel
import CordonSpec
import FoundationEssentials
import Testing

/// A small generator with a fixed seed, so that what it finds can be found again.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct `Mutated environment files` {
  private static let seeds = SpecVector.all.filter { $0.text.utf8.count < 3_000 }.map {
    Array($0.text.unicodeScalars)
  }
  private static let signs = Array(
    "\0\t\n\r \"'#%&()*+,-./0:;<=>?@[\\]^_`a{|}~\u{85}\u{A0}\u{202E}\u{2028}\u{F000}\u{FEFF}\u{FFFD}\u{1F600}"
      .unicodeScalars)
  private static let words = [
    "cordon", "name", "projects:", "- ", "  ", "{ ", " }", "[", "]", "null", "~", "*", "&a ", "<<: ",
    "!!int ", "|\n",
    ">-\n", "---\n", "...\n", "%YAML 1.1\n", "\"\\ud800\"", "999999999999999999999", "o-acme123456", "host:",
  ].map { Array($0.unicodeScalars) }

  private func mutate(_ scalars: [Unicode.Scalar], with random: inout SplitMix64) -> [Unicode.Scalar] {
    var scalars = scalars
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0...scalars.count, using: &random)
      let length = min(Int.random(in: 0...12, using: &random), scalars.count - place)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: scalars.removeSubrange(place..<(place + length))
      case 1: scalars.insert(contentsOf: scalars[place..<(place + length)], at: place)
      case 2: scalars.insert(Self.signs.randomElement(using: &random) ?? " ", at: place)
      case 3: scalars.insert(contentsOf: Self.words.randomElement(using: &random) ?? [], at: place)
      case 4: scalars = Array(scalars.prefix(place))
      default:
        let other = Self.seeds.randomElement(using: &random) ?? []
        scalars.insert(contentsOf: other.suffix(Int.random(in: 0...80, using: &random)), at: place)
      }
    }
    return scalars
  }

  @Test(arguments: 0..<8)
  func `a mutated file is an environment or a list of mistakes with places in the text`(run: UInt64) throws {
    try #require(!Self.seeds.isEmpty)
    var random = SplitMix64(state: run &* 7_919 &+ 1)
    for _ in 0..<250 {
      let text = String(
        String.UnicodeScalarView(mutate(Self.seeds.randomElement(using: &random) ?? [], with: &random)))
      do {
        let environment = try Specification(text, file: "cordon.yaml", folder: Samples.folder()).environment
        _ = try CompiledPolicies(environment)
      } catch let error as SpecErrors {
        let lines = text.unicodeScalars.count { $0 == "\n" || $0 == "\r" } + 1
        #expect(!error.errors.isEmpty, "\(text)")
        for span in error.errors.compactMap(\.span) where span.file == "cordon.yaml" {
          #expect((1...lines).contains(span.line) && span.column >= 1, "\(span) in \(text)")
        }
        #expect(error.withSource.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }, "\(text)")
      }
    }
  }
}
