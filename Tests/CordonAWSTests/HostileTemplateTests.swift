import CordonAWS
import CordonModel
import Testing

/// What a hostile or an enormous file costs.
@Suite struct `A hostile template` {
  private static let seeds = [
    """
    Parameters: {P: {Type: String, Default: x}, L: {Type: CommaDelimitedList, Default: "a,b"}}
    Mappings: {M: {a: {b: c}}}
    Conditions: {C: !Equals [!Ref P, x], D: !Or [!Condition C, !Not [!Condition C]]}
    Resources:
      A:
        Type: AWS::S3::Bucket
        Condition: C
        Properties:
          N: !Sub ['${P}-${Q}', {Q: !Select [0, !Ref L]}]
          J: !Join [',', !Split [':', 'a:b']]
          F: !FindInMap [M, a, b]
          B: {'Fn::Base64': !If [D, yes, no]}
          U: |
            #!/bin/bash
            a && b &c > *d
      B: {Type: T::T::T, DependsOn: A, Properties: {X: !GetAtt A.Arn, Y: [!Cidr [10.0.0.0/16, 2, 8]]}}
    Outputs: {O: {Value: !Ref A, Export: {Name: e}}}
    """,
    #"{"Resources":{"A":{"Type":"T::T::T","Properties":{"P":{"Fn::Sub":"${B}"},"Q":[1,{"Ref":"B"}]}},"B":{"Type":"T::T::T"}}}"#,
  ]

  @Test func `changed anywhere, is read or refused`() {
    var random = SplitMix(seed: 20_261_121)
    let bits = Array("{}[]:,!&*?|>'\"#-\n\t ${}Ref".utf8)
    for round in 0..<1_500 {
      var bytes = Array(Self.seeds[round % 2].utf8)
      for _ in 0...Int(random.next() % 6) {
        let index = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[index] = bits[Int(random.next() % UInt64(bits.count))]
        case 2: bytes.remove(at: index)
        default:
          let end = min(bytes.count, index + Int(random.next() % 40))
          bytes.insert(contentsOf: Array(bytes[index..<end]), at: Int(random.next() % UInt64(bytes.count)))
        }
      }
      let file = SourceFile(name: round % 2 == 0 ? "t.yaml" : "t.json", bytes: bytes)
      do throws(TemplateErrors) {
        _ = try DeploymentReader.read([file])
      } catch {
        #expect((1...51).contains(error.errors.count))
      }
    }
  }

  @Test func `of aliases within aliases is refused within bounds`() {
    var text = "Metadata:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "  a\(level): &a\(level) [\(names)]\n"
    }
    let found = mistakes(text + "Resources: {}")
    #expect(found.count == 1)
    #expect(found[0].hasSuffix("more than 1500000 values, aliases written out"))
  }

  @Test func `of aliases within keys never reaches the library`() {
    var text = "a0: &a0 {k: v}\n"
    for level in 1...40 {
      text += "a\(level): &a\(level)\n  ? {? *a\(level - 1) : 1, ? [*a\(level - 1)] : 2}\n  : 3\n"
    }
    #expect(mistakes(text) == ["1:1: aliases beside keys that are not plain text; write the values out"])
  }

  @Test(arguments: ["t.yaml", "t.json"])
  func `that nests without end is refused`(name: String) {
    let text = #"{"Resources":"# + String(repeating: "[", count: 5_000)
    #expect(mistakes(text, file: name).count == 1)
    let closed =
      "Resources: {A: " + String(repeating: "[", count: 400) + String(repeating: "]", count: 400) + "}"
    #expect(mistakes(closed).first?.hasSuffix("nested deeper than 96 levels") == true)
  }

  @Test func `too large is refused before it takes memory`() {
    let large = SourceFile(name: "t.json", bytes: Array(repeating: UInt8(ascii: " "), count: 100 << 20))
    #expect(
      throws: TemplateErrors([
        .tooLarge("larger than 48 MB", at: Location(file: "t.json", line: 1, column: 1))
      ])
    ) {
      try DeploymentReader.read([large])
    }
    let many = "{\"Resources\": [" + String(repeating: "1,", count: 2_000_000) + "1]}"
    #expect(mistakes(many, file: "t.json") == ["1:1: more than 1500000 values"])
  }

  @Test func `of text that doubles is refused`() {
    var text = "Resources:\n"
    let long = String(repeating: "x", count: 100_000)
    for index in 0..<700 { text += "  R\(index): {Type: T::T::T, Properties: {P: !Sub ['${A}', {A: *l}]}}\n" }
    let found = mistakes("Metadata: {l: &l \(long)}\n" + text)
    #expect(found.first?.hasSuffix("functions make more than 64 MB of text") == true)
  }

  @Test func `with a chain of a thousand conditions is refused, not followed to the end of the stack`() {
    var text = "Conditions:\n  C0: !Equals [a, a]\n"
    for index in 1...1_000 { text += "  C\(index): !Not [!Condition C\(index - 1)]\n" }
    let first = "Resources: {R: {Type: T::T::T, Condition: C1000}}"
    #expect(mistakes(text + first).first?.contains("more than 200 levels") == true)
  }

  @Test func `of ten thousand resources is read`() throws {
    var text = "Resources:\n  R0: {Type: T::T::T}\n"
    for index in 1..<10_000 {
      text += """
          R\(index):
            Type: AWS::IAM::Role
            Properties: {Name: !Sub '${R\(index - 1)}-x', A: !GetAtt R\(index / 2).Arn, S: [{Effect: Allow}]}

        """
    }
    let read = try deployment(text)
    #expect(read.resources.count == 10_000)
    #expect(read.property("Name", of: "R9999") == "<R9998>+-x")
  }
}

/// A small generator, so that a failure can be replayed.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
