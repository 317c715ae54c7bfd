import CordonModel
import CordonSpec
import Testing

@testable import CordonProof

@Suite struct `The line that a stack was made from` {
  private static let text = """
    cordon: 1
    name: risk
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1
    browser: { clipboard: { out: false } }
    projects:
      - { name: data, store: data-store }
      - { name: data-lake, store: lake-store }
    aws:
      root: r-ab12
      offices: [192.0.2.0/24]
      network: 10.64.0.0/16
      s3PrefixList: pl-6da54004
    """

  @Test(arguments: [
    ("risk-data-network", 7), ("risk-data-lake-network", 8), ("risk-data-lake-data", 8), ("risk-portal", 5),
    ("risk-browser", 5), ("risk-data", 9), ("risk-guardrails", 9), ("another", 9), ("", 9),
  ])
  func `is its project's, the browser's, or that of aws`(stack: String, line: Int) throws {
    let spec = try Specification.parse(Self.text, file: "cordon.yaml", folder: ".")
    let places = SpecPlaces(file: "cordon.yaml", declared: Self.places)
    #expect(places.origin(ofStack: stack, in: spec).line == line)
  }

  private static let places: [String: Location] = [
    ("browser", 5), ("projects", 6), ("project data", 7), ("project data-lake", 8), ("aws", 9),
  ].reduce(into: [:]) { $0[$1.0] = Location(file: "cordon.yaml", line: $1.1, column: 1) }
}
