import Foundation
import Testing

/// The floors of docs/architecture.md, held over what the package manager itself says of the manifest.
@Suite struct `The house's floors` {
  /// A target may import only from floors below its own.
  static let floors: [String: Int] = [
    "CordonPolicy": 0, "CordonWire": 0,
    "CordonModel": 1,
    "CordonProof": 2, "CordonAWS": 2, "CActions": 1,
    "CordonSpec": 2, "CordonLinux": 2, "CLinux": 1, "CZlib": 1, "CJPEG": 1, "CPages": 1, "CNotebook": 1,
    "CordonLedger": 3, "CordonStore": 3, "CordonIdentity": 3, "CordonSandbox": 3,
    "CordonAccount": 3,
    "CordonGateway": 4, "CordonPortal": 4, "CordonDrill": 4,
    "CordonRuntime": 5,
    "cordon": 6, "CordonBenchmarks": 6,
  ]

  /// Which targets may use an outside library, by the library's product.
  static let owners: [String: Set<String>] = [
    "Crypto": [
      "CordonWire", "CordonLedger", "CordonStore", "CordonIdentity", "CordonGateway", "CordonPortal",
    ],
    "CryptoExtras": ["CordonIdentity"], "JWTKit": ["CordonIdentity"],
    "Yams": ["CordonSpec", "CordonAWS"],
    "GRDB": ["CordonLedger", "CordonStore", "CordonIdentity"],
    "NIOCore": ["CordonIdentity", "CordonAccount", "CordonGateway", "CordonPortal"],
    "NIOPosix": ["CordonGateway", "CordonPortal"],
    "NIOHTTP1": ["CordonIdentity", "CordonAccount", "CordonGateway", "CordonPortal"],
    "NIOWebSocket": ["CordonPortal"],
    "NIOConcurrencyHelpers": ["CordonGateway"], "NIOFoundationEssentialsCompat": ["CordonGateway"],
    "NIOSSL": ["CordonIdentity", "CordonAccount", "CordonGateway", "CordonPortal"],
    "X509": ["CordonGateway"],
    "SwiftASN1": ["CordonGateway"],
    "AsyncHTTPClient": ["CordonIdentity", "CordonAccount", "CordonGateway"],
    "Logging": ["CordonGateway", "CordonPortal", "CordonRuntime"],
    "ArgumentParser": ["cordon"], "ServiceLifecycle": ["CordonRuntime"],
    "UnixSignals": ["CordonRuntime"],
  ]

  /// Arrows that must never exist, whatever the floors would allow.
  static let never: [(from: String, to: String)] = [
    ("CordonGateway", "CordonSpec"), ("CordonGateway", "CordonProof"), ("CordonGateway", "CordonAWS"),
    ("CordonGateway", "CordonSandbox"), ("CordonProof", "CordonSpec"), ("CordonProof", "CordonAWS"),
    ("CordonSandbox", "CordonGateway"), ("CordonIdentity", "CordonLedger"), ("CordonIdentity", "CordonStore"),
  ]

  let manifest: Manifest

  init() throws { manifest = try Manifest.load() }

  @Test func `every target stands on a floor`() {
    for target in manifest.sources { #expect(Self.floors[target.name] != nil, "\(target.name) has no floor") }
  }

  @Test func `a target imports only from floors below it`() throws {
    for target in manifest.sources {
      let floor = try #require(Self.floors[target.name])
      for dependency in target.targets {
        let below = try #require(Self.floors[dependency], "\(dependency) has no floor")
        #expect(below < floor, "\(target.name) imports \(dependency)")
      }
    }
  }

  @Test func `an outside library has its owners and nobody else`() throws {
    for target in manifest.sources {
      for product in target.products {
        let owners = try #require(Self.owners[product], "\(product) has no owner")
        #expect(owners.contains(target.name), "\(target.name) uses \(product)")
      }
    }
  }

  @Test(arguments: never) func `an arrow that must never be is not there`(from: String, to: String) {
    #expect(manifest.reach(from: from).contains(to) == false)
  }

  @Test func `the drill imports nothing that defends`() throws {
    let drill = try #require(manifest.sources.first { $0.name == "CordonDrill" })
    #expect(drill.targets.isEmpty)
    #expect(drill.products.isEmpty)
  }

  @Test func `policy and model import no I-O`() throws {
    for name in ["CordonPolicy", "CordonModel"] {
      for file in try Manifest.swiftFiles(under: "Sources/\(name)") {
        let text = try String(contentsOf: file, encoding: .utf8)
        for line in text.split(separator: "\n") where line.contains("import ") && !line.hasPrefix("//") {
          for module in ["Foundation", "Glibc", "NIOCore", "Dispatch", "Logging"] {
            #expect(!line.hasSuffix("import \(module)"), "\(file.lastPathComponent): \(line)")
          }
        }
      }
    }
  }

  @Test func `unsafe code lives in CordonLinux and in files that say so`() throws {
    for file in try Manifest.swiftFiles(under: "Sources") {
      guard !file.path.contains("/CordonLinux/"), !file.lastPathComponent.contains("+Unsafe") else {
        continue
      }
      let text = try String(contentsOf: file, encoding: .utf8)
      let unsafe = text.split(separator: "\n").filter { line in
        let code = line.drop { $0 == " " }
        return !code.hasPrefix("//") && (code.contains(" unsafe ") || code.hasPrefix("unsafe "))
      }
      #expect(unsafe.isEmpty, "\(file.path): \(unsafe.first ?? "")")
    }
  }
}

/// What `swift package dump-package` says.
struct Manifest {
  struct Target {
    var name: String
    var isTest: Bool
    var targets: [String]
    var products: [String]
  }

  var all: [Target]
  var sources: [Target] { all.filter { !$0.isTest } }

  static var root: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  static func load() throws -> Manifest {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    // A scratch path of its own: the running tests hold the package's.
    let scratch = FileManager.default.temporaryDirectory.appending(path: "cordon-manifest-\(UUID())")
    defer { try? FileManager.default.removeItem(at: scratch) }
    process.arguments = [
      "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let targets = try #require(json["targets"] as? [[String: Any]])
    return Manifest(all: try targets.map(target))
  }

  private static func target(_ json: [String: Any]) throws -> Target {
    let dependencies = try #require(json["dependencies"] as? [[String: Any]])
    func names(_ kind: String) -> [String] {
      dependencies.compactMap { ($0[kind] as? [Any])?.first as? String }
    }
    return Target(
      name: try #require(json["name"] as? String), isTest: json["type"] as? String == "test",
      targets: names("byName") + names("target"), products: names("product"))
  }

  /// Every target that `from` can see, through others as well.
  func reach(from: String) -> Set<String> {
    var seen: Set<String> = []
    var open = [from]
    while let name = open.popLast() {
      for next in all.first(where: { $0.name == name })?.targets ?? [] where seen.insert(next).inserted {
        open.append(next)
      }
    }
    return seen
  }

  static func swiftFiles(under folder: String) throws -> [URL] {
    let start = root.appending(path: folder)
    let found = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)
    return (found?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }
}
