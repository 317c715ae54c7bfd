import CordonModel
import CordonPolicy
import CordonProof
import Foundation
import FoundationXML
import Testing

@Suite struct `A map's reports` {
  /// Every format of the small map, byte for byte, under Tests/Vectors/maps. After a wanted change, write them again with
  /// CORDON_WRITE_VECTORS=1, and look at what changed.
  @Test(arguments: Form.allCases) func `are what they were`(form: Form) throws {
    let name = form.rawValue
    let text = form.text(of: SmallMap.map)
    let file = Self.vectors.appending(path: name)
    if ProcessInfo.processInfo.environment["CORDON_WRITE_VECTORS"] != nil {
      try Data(text.utf8).write(to: file)
    }
    let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == expected, "\(name) differs")
  }

  enum Form: String, CaseIterable {
    case text = "map.txt"
    case narrow = "map-narrow.txt"
    case colour = "map-colour.txt"
    case json = "map.json"
    case sarif = "map.sarif"
    case junit = "map.xml"
    case page = "map.html"

    func text(of map: EgressMap) -> String {
      switch self {
      case .text: MapText(width: 100).text(of: map)
      case .narrow: MapText(width: 48).text(of: map)
      case .colour: MapText(width: 100, colour: true).text(of: map)
      case .json: map.json.written(.readable) + "\n"
      case .sarif: map.sarif(toolVersion: "0.0.0", fallback: "network.yaml").written(.readable) + "\n"
      case .junit: map.junit
      case .page: MapPage(map).html
      }
    }
  }

  private static let vectors = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors/maps")

  @Test func `in JSON have every member on every route`() throws {
    let value = try JSONValue(parsing: SmallMap.map.json.written())
    #expect(value.members?.map(\.name) == ["version", "paths", "assumptions", "depthLost", "safeguards"])
    let paths = try #require(value["paths"]?.elements)
    #expect(paths.compactMap { $0["path"]?.text } == EgressPath.allCases.map(\.rawValue))
    let routes = paths.flatMap { $0["routes"]?.elements ?? [] }
    #expect(!routes.isEmpty)
    for route in routes {
      #expect(route.members?.map(\.name) == ["route", "verdict", "controls", "witness", "unknown", "target"])
      #expect((route["verdict"]?.text == "open") == (route["witness"]?["command"] != nil))
    }
  }

  @Test func `never break a command that is for copying`() {
    let text = MapText(width: 40).text(of: SmallMap.map)
    #expect(text.contains("try  aws s3 cp data.csv s3://acme-data-x/k\n"))
  }

  @Test func `have no colour but on a terminal`() {
    #expect(!MapText(width: 80).text(of: SmallMap.map).contains("\u{1B}"))
    #expect(MapText(width: 80, colour: true).text(of: SmallMap.map).contains("\u{1B}[31;1mopen"))
  }

  @Test func `give a finding the same fingerprint when its line moves`() throws {
    func fingerprints(_ map: EgressMap) -> [String] {
      let results = map.sarif(toolVersion: "1", fallback: "a")["runs"]?.elements?.first?["results"]?.elements
      return (results ?? []).compactMap { $0["partialFingerprints"]?["cordonRoute/v1"]?.text }
    }
    var moved = SmallMap.map
    guard case .open(var witness) = moved.paths[3].routes[0].finding else {
      throw Unexpected(what: "no open route")
    }
    witness.location = Location(file: "network.yaml", line: 99, column: 1)
    moved.paths[3].routes[0].finding = .open(witness)
    #expect(fingerprints(moved) == fingerprints(SmallMap.map))
    #expect(Set(fingerprints(moved)).count == 5)
  }

  /// The small map on this machine and on AWS, where its files were made from a spec.
  private static let ofBoth: EgressMap = {
    var cloud = SmallMap.map
    for path in cloud.paths.indices {
      for route in cloud.paths[path].routes.indices { cloud.paths[path].routes[route].target = .aws }
    }
    for loss in cloud.depthLost.indices { cloud.depthLost[loss].target = .aws }
    cloud.origins = ["network.yaml": Location(file: "cordon.yaml", line: 7, column: 3)]
    var local = SmallMap.map
    local.paths[3].routes.remove(at: 0)
    local.depthLost = []
    local.safeguards = []
    return local.joined(with: cloud, subject: "cordon.yaml on this machine and on AWS")
  }()

  @Test func `of both targets hold the routes of both, each with its own`() throws {
    let map = Self.ofBoth
    #expect(map.targets == [.local, .aws] && SmallMap.map.targets == [.local])
    #expect(map.paths.map(\.path) == EgressPath.allCases)
    #expect(map.paths[3].routes.map(\.target) == [.local, .aws, .aws])
    let routes = try #require(map.json["paths"]?.elements).flatMap { $0["routes"]?.elements ?? [] }
    #expect(Set(routes.compactMap { $0["target"]?.text }) == ["local", "aws"])
    let text = MapText().text(of: map)
    #expect(text.contains("  on this machine: closed\n  closed ") && text.contains("  on AWS: open\n  open "))
    #expect(text.contains("cordon.yaml:7:3 made that file: change it there"))
    #expect(text.contains("on this machine: 3 routes: 0 open, 1 unknown, 2 closed\non AWS: 4 routes: 1 open"))
    #expect(
      map.junit.contains(#"classname="local.tunnel""#) && map.junit.contains(#"classname="aws.tunnel""#))
    let page = MapPage(map).html
    #expect(page.contains(#"class="route closed elsewhere""#) && page.contains(#"class="target">on AWS<"#))
    let anchors = page.matches(of: /<article class="[a-z]+" id="([^"]+)"/).map { String($0.output.1) }
    #expect(Set(anchors).count == anchors.count && anchors.count == 7)
  }

  @Test func `show a finding in a file that a spec made at the spec's line`() throws {
    let sarif = Self.ofBoth.sarif(toolVersion: "1", fallback: "cordon.yaml")
    let results = try #require(sarif["runs"]?.elements?.first?["results"]?.elements)
    let ofAWS = results.filter { $0["properties"]?["target"]?.text == "aws" }
    #expect(ofAWS.count == 5)
    for result in ofAWS {
      let place = result["locations"]?.elements?.first?["physicalLocation"]
      #expect(place?["artifactLocation"]?["uri"]?.text == "cordon.yaml")
      #expect(place?["region"]?["startLine"]?.int == 7)
      #expect(result["message"]?["text"]?.text?.contains("(network.yaml:") == true)
    }
  }

  private struct Unexpected: Error { var what: String }
}

@Suite struct `Names that strangers chose` {
  static let names = [
    #"<script>alert(1)</script>"#, #""><img src=x onerror=alert(1)>"#, "]]>&amp;'`${x}",
    "</style></svg></title>",
    "\u{1B}[31mred\u{07}", "right\u{202E}left", "two\nlines\r\tand\u{0}more", "\u{FFFE}\u{2028}",
    String(repeating: "long", count: 400),
  ]

  @Test(arguments: names) func `never become markup of a page`(name: String) {
    let page = MapPage(SmallMap.hostile(name)).html
    for tag in ["<script", "<img", "onerror=alert(1)>", "]]>"] { #expect(!page.contains(tag)) }
    // One of each: the page's own.
    for tag in ["</style>", "</svg>", "</title>", "</html>"] {
      #expect(page.components(separatedBy: tag).count == 2, "\(tag)")
    }
  }

  @Test(arguments: names) func `leave pages and JUnit files well formed`(name: String) throws {
    for text in [SmallMap.hostile(name).junit, MapPage(SmallMap.hostile(name)).picture] {
      let parser = XMLParser(data: Data(text.utf8))
      #expect(parser.parse(), "\(String(describing: parser.parserError))")
    }
  }

  @Test(arguments: names) func `never reach a terminal as commands`(name: String) {
    let map = SmallMap.hostile(name)
    let texts = [
      MapText(width: 60).text(of: map),
      MapText().explanation(of: map.paths[0].routes[1], on: .tunnel, in: map),
    ]
    for text in texts {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
      #expect(!text.unicodeScalars.contains("\u{202E}"))
    }
  }

  @Test(arguments: names) func `survive JSON and SARIF`(name: String) throws {
    let map = SmallMap.hostile(name)
    let value = try JSONValue(parsing: map.json.written())
    #expect(value["paths"]?.elements?[0]["routes"]?.elements?[0]["route"]?.text == name)
    let sarif = try JSONValue(parsing: map.sarif(toolVersion: "1", fallback: "f").written())
    let results = try #require(sarif["runs"]?.elements?[0]["results"]?.elements)
    for result in results {
      let place = result["locations"]?.elements?[0]["physicalLocation"]
      let uri = try #require(place?["artifactLocation"]?["uri"]?.text)
      #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#"<>"{}|\^`"#.utf8.contains($0) })
    }
  }
}

@Suite struct `A baseline` {
  private static func map(_ verdict: Verdict, route: String = "dns-label") -> EgressMap {
    let finding: RouteReport.Finding =
      switch verdict {
      case .closed: .closed([ClosingControl(resource: "r", location: nil, layer: "l")])
      case .unknown: .unknown([UnknownPart("why")])
      case .open:
        .open(RouteWitness(request: [:], command: "c", story: "s", fix: "f", resource: "r", location: nil))
      }
    let report = RouteReport(route: route, title: "t", finding: finding)
    return EgressMap(subject: "s", paths: [PathReport(path: .tunnel, routes: [report])])
  }

  @Test(arguments: [
    (false, Verdict.closed, Verdict.closed), (false, .open, .open), (false, .open, .closed),
    (false, .unknown, .closed), (false, .open, .unknown), (false, .unknown, .unknown),
    (true, .closed, .open), (true, .closed, .unknown), (true, .unknown, .open),
  ])
  func `tells what got worse`(isWorse: Bool, before: Verdict, now: Verdict) throws {
    let baseline = try MapBaseline(json: Self.map(before).json.written())
    #expect(baseline.worsenings(in: Self.map(now)).isEmpty == !isWorse)
  }

  @Test func `tells this machine from AWS, unless it is from before maps did`() throws {
    var now = Self.map(.open)
    now.paths[0].routes[0].target = .aws
    let local = try MapBaseline(json: Self.map(.open).json.written())
    #expect(local.worsenings(in: now).map(\.target) == [.aws])
    let old = Self.map(.open).json.written().replacing(#","target":"local""#, with: "")
    #expect(try MapBaseline(json: old).worsenings(in: now).isEmpty && !old.contains("target"))
  }

  @Test func `does not excuse a route that is new`() throws {
    let baseline = try MapBaseline(json: Self.map(.closed).json.written())
    let worse = baseline.worsenings(in: Self.map(.open, route: "new"))
    #expect(worse.map(\.route) == ["new"] && worse.first?.before == nil)
    #expect(baseline.worsenings(in: Self.map(.closed, route: "new")).isEmpty)
  }

  @Test(arguments: [
    ("", "expected"), ("[]", "'version'"), (#"{"version":2,"paths":[]}"#, "version 2"),
    (#"{"version":1}"#, "'paths'"), (#"{"version":1,"paths":[{}]}"#, "no name"),
    (#"{"version":1,"paths":[{"path":"tunnel","routes":[{"route":"x","verdict":"fine"}]}]}"#, "tunnel"),
  ])
  func `that is none is refused with a reason`(text: String, reason: String) {
    do throws(MapBaseline.Problem) {
      _ = try MapBaseline(json: text)
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains(reason) || text.isEmpty, "\(error)")
    }
  }
}
