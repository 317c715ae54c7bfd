// swift-tools-version: 6.2
import PackageDescription

// Cordon: one package, one executable. A target imports only from the floors below it; the table is in
// docs/architecture.md and Tests/ArchitectureTests holds this manifest to it.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// For what computes all the time and asserts nothing in debug builds alone: its tests take a third of the time optimised.
let computing = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let gatewayLibraries: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
  .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
  .product(name: "X509", package: "swift-certificates"),
  .product(name: "SwiftASN1", package: "swift-asn1"),
  .product(name: "AsyncHTTPClient", package: "async-http-client"),
  .product(name: "Logging", package: "swift-log"),
  crypto,
]
let identityLibraries: [Target.Dependency] = [
  .product(name: "CryptoExtras", package: "swift-crypto"),
  .product(name: "JWTKit", package: "jwt-kit"),
  .product(name: "AsyncHTTPClient", package: "async-http-client"),
  .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
  grdb, crypto,
]

/// One floor's target; its tests mirror it.
func floor(
  _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = settings
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// Files that tests read from where they lie are excluded: they are no part of the build.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], reading files: [String] = [],
  resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: files, resources: resources, swiftSettings: settings)
}

let package = Package(
  name: "cordon",
  products: [.executable(name: "cordon", targets: ["cordon"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // Floor 0: languages and codecs. No clock, no I/O, no logger.
    floor("CordonPolicy", settings: computing),
    floor("CordonWire", [crypto]),
    // Floor 1: the environment as values.
    floor("CordonModel", ["CordonPolicy", "CordonWire"]),
    // Floor 2: what reasons, what reads and writes the environment, and the machine below it.
    .target(name: "CActions", exclude: ["actions.txt", "LICENSE.txt"]),
    floor("CordonProof", ["CordonModel", "CordonPolicy", "CActions"], settings: computing),
    floor("CordonAWS", ["CordonModel", "CordonPolicy", "CordonWire", yams]),
    floor("CordonSpec", ["CordonModel", "CordonPolicy", "CordonWire", yams]),
    .target(name: "CLinux"),
    .target(
      name: "CPages",
      exclude: ["portal.css", "session.css", "portal.js", "session.js", "screen.js", "replay.js", "icon.svg"]),
    .target(name: "CNotebook", exclude: ["requirements.in", "requirements.txt", "python", "lab"]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CJPEG", providers: [.apt(["libturbojpeg0-dev"])]),
    floor("CordonLinux", ["CLinux"]),
    // Floor 3: what keeps and what runs.
    floor("CordonLedger", ["CordonModel", "CordonLinux", grdb, crypto]),
    floor("CordonStore", ["CordonModel", "CordonLinux", grdb, crypto]),
    floor("CordonIdentity", ["CordonModel", "CordonWire"] + identityLibraries),
    floor("CordonSandbox", ["CordonLinux"]),
    floor(
      "CordonAccount",
      [
        "CordonAWS", "CordonPolicy", "CordonWire",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    // Floor 4: what enforces, and what tries to get around it.
    floor(
      "CordonGateway",
      ["CordonModel", "CordonPolicy", "CordonWire", "CordonLinux", "CordonLedger", "CordonStore", "CZlib"]
        + gatewayLibraries),
    floor(
      "CordonPortal",
      [
        "CordonModel", "CordonPolicy", "CordonWire", "CordonLinux", "CordonIdentity", "CordonSandbox",
        "CPages", "CJPEG",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Logging", package: "swift-log"),
        crypto,
      ]),
    floor("CordonDrill"),
    // Floor 5: the life of one environment on one machine.
    floor(
      "CordonRuntime",
      [
        "CordonModel", "CordonPolicy", "CordonWire", "CordonSpec", "CordonLinux", "CordonLedger",
        "CordonStore", "CordonSandbox",
        "CordonGateway", "CordonIdentity", "CordonPortal", "CNotebook",
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    // Floor 6: the command line.
    .executableTarget(
      name: "cordon",
      dependencies: [
        "CordonPolicy", "CordonModel", "CordonProof", "CordonAWS", "CordonAccount", "CordonSpec",
        "CordonWire",
        "CordonLinux",
        "CordonLedger", "CordonIdentity",
        "CordonSandbox", "CordonRuntime", "CordonDrill",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // What `make bench` measures inside one process. Not a product.
    .executableTarget(
      name: "CordonBenchmarks",
      dependencies: [
        "CordonPolicy", "CordonWire", "CordonModel", "CordonLinux", "CordonSandbox", "CordonLedger",
      ],
      path: "Benchmarks/CordonBenchmarks", swiftSettings: settings),
    // Tests mirror the sources.
    tests("ArchitectureTests", ["CordonDrill", "CordonModel"]),
    tests("CordonPolicyTests", ["CordonPolicy"], reading: ["second-evaluator"]),
    tests("CordonWireTests", ["CordonWire", crypto]),
    tests("CordonModelTests", ["CordonModel", "CordonPolicy", "CordonWire"]),
    tests(
      "CordonProofTests",
      ["CordonProof", "CordonAWS", "CordonSpec", "CordonModel", "CordonPolicy", "CordonDrill", "CordonWire"],
      reading: [
        "Templates", "Synthesis/Golden", "Synthesis/full.yaml", "Synthesis/whole.yaml", "correction-check",
        "sarif-check",
        "template-check", "z3-cross-check",
      ]),
    tests("CordonAWSTests", ["CordonAWS", "CordonModel", "CordonPolicy", "CordonWire"]),
    tests(
      "CordonAccountTests",
      [
        "CordonAccount", "CordonAWS", "CordonWire",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], reading: ["deploy-check", "emulator-skips.txt", "emulator.py", "live-check"]),
    tests("CordonSpecTests", ["CordonSpec", "CordonModel", "CordonPolicy", "CordonWire"]),
    tests("CordonLinuxTests", ["CordonLinux"]),
    tests("CordonLedgerTests", ["CordonLedger", "CordonModel", "CordonWire", crypto, grdb]),
    tests("CordonStoreTests", ["CordonStore", "CordonModel", crypto, grdb]),
    tests(
      "CordonIdentityTests",
      [
        "CordonIdentity", "CordonModel", "CordonWire",
        .product(name: "NIOPosix", package: "swift-nio"),
      ] + identityLibraries),
    tests("CordonSandboxTests", ["CordonSandbox", "CordonLinux"]),
    tests("CordonDrillTests", ["CordonDrill"]),
    tests(
      "CordonPortalTests",
      [
        "CordonPortal", "CordonModel", "CordonPolicy", "CordonWire", "CordonLinux", "CordonIdentity",
        "CordonSandbox", "CJPEG", crypto,
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
      ],
      reading: [
        "InABrowser/audit.js", "InABrowser/chromium.py", "InABrowser/clipboard-in-a-browser",
        "InABrowser/files-in-a-browser", "InABrowser/looking.py", "InABrowser/portal-in-a-browser",
        "InABrowser/replay-in-a-browser", "InABrowser/session-in-a-browser",
      ]),
    tests(
      "CordonRuntimeTests",
      [
        "CordonRuntime", "CordonModel", "CordonLinux", "CordonPolicy", "CordonWire", "CordonGateway",
        "CordonLedger", "CordonStore", "CordonPortal", "CordonIdentity", "CordonSandbox", grdb,
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    tests("EndToEndTests", ["cordon"], reading: ["portal-walk", "crossing-walk", "walking.py"]),
    tests(
      "CordonGatewayTests",
      ["CordonGateway", "CordonModel", "CordonPolicy", "CordonWire", "CordonStore"] + gatewayLibraries
        + [.product(name: "NIOEmbedded", package: "swift-nio")]),
  ]
)

// The documentation plugin comes along only when documentation is built: ordinary builds do not fetch it.
if Context.environment["CORDON_DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
