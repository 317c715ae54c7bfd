import Foundation
import Glibc

/// Runs a user's own executables inside a workspace and looks for their secret everywhere outside.
///
/// Each gets `CORDON_SINK` (host:port, TCP and UDP), `CORDON_SINK_ZONE`, `CORDON_CANARY`, `CORDON_ALLOWED_HOST`
/// (host:port), `CORDON_PROXY` (a URL), `CORDON_OUTBOX` (a folder), `CORDON_PYPI` and `CORDON_S3` (URLs),
/// `CORDON_BUCKET` and `CORDON_FOREIGN_BUCKET` (names).
public struct UserAttacks: Sendable {
  private let configuration: DrillConfiguration
  private let directory: String
  private let seconds: Double

  /// - Parameters:
  ///   - configuration: The drill; `only` is not used.
  ///   - directory: The folder with the executables; other files in it are copied along.
  ///   - seconds: How long each may run.
  public init(_ configuration: DrillConfiguration, directory: String, seconds: Double = 60) {
    self.configuration = configuration
    self.directory = directory
    self.seconds = seconds
  }

  /// Runs all of them, in the order of their names, inside a drill world.
  public func run(progress: (DrillProgress) -> Void) throws(DrillError) -> UserAttackReport {
    let start = Posix.monotonicSeconds()
    let files = try files()
    return try DrillStage.with(configuration) { stage throws(DrillError) in
      progress(.stage("twin environment"))
      let twin = try stage.makeTwin(weakened: configuration.weakened, named: "twin")
      var rows: [UserAttackReport.Row] = []
      do throws(DrillError) {
        try twin.learn(configuration, outside: stage.outside, tools: [.python])
        let executables = files.filter(\.isExecutable)
        for (index, file) in executables.enumerated() {
          try Interruption.check()
          let row = try UserAttackRun(
            stage: stage, twin: twin, files: files, file: file, seconds: seconds
          ).run()
          rows.append(row)
          progress(.attack(file.name, done: index + 1, of: executables.count, verdict: row.verdict))
        }
      } catch {
        try? twin.down()
        throw error
      }
      try twin.down()
      return UserAttackReport(
        weakened: configuration.weakened, rows: rows, seconds: Posix.monotonicSeconds() - start)
    }
  }

  struct File {
    var name: String
    var path: String
    var isExecutable: Bool
  }

  private func files() throws(DrillError) -> [File] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw .usage("\(directory) is no folder that can be read")
    }
    let files = names.sorted().compactMap { name -> File? in
      let path = "\(directory)/\(name)"
      let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
      guard type == .typeRegular else { return nil }
      return File(name: name, path: path, isExecutable: FileManager.default.isExecutableFile(atPath: path))
    }
    guard files.contains(where: \.isExecutable) else {
      throw .usage("\(directory) holds no executable file; make one with: chmod +x FILE")
    }
    return files
  }
}

/// What `cordon attack --with DIR` found.
public struct UserAttackReport: Sendable, Equatable {
  /// One executable.
  public struct Row: Sendable, Codable, Equatable {
    /// The file's name.
    public var name: String
    /// `closed`, `breach`, or `inconclusive` where it could not be run or where its control got nowhere.
    public var verdict: RouteVerdict
    /// What the same executable achieved where nothing was in the way.
    public var control: String
    /// Where the secret arrived and in which spelling, or why nothing can be said.
    public var because: String?
    /// Its exit status inside.
    public var status: Int32
    /// Its last words.
    public var observed: String
    /// What it left in its outbox, with sizes.
    public var outbox: [OutboxFile]
  }

  /// A file in an outbox.
  public struct OutboxFile: Sendable, Codable, Equatable {
    /// Its path below the outbox.
    public var name: String
    /// Its size in bytes.
    public var size: Int
  }

  /// What was switched off on purpose.
  public var weakened: [WeakenableControl]
  /// The executables, in the order of their names.
  public var rows: [Row]
  /// How long all of it took.
  public var seconds: Double

  /// The worst of all rows.
  public var verdict: RouteVerdict {
    let found = Set(rows.map(\.verdict))
    if found.contains(.breach) { return .breach }
    return found == [.closed] ? .closed : .inconclusive
  }

  /// 0 closed, 1 a breach, 3 inconclusive.
  public var exitCode: Int32 {
    switch verdict {
    case .closed: 0
    case .breach: 1
    default: 3
    }
  }
}

extension ReportFormat {
  private struct UserShape: Encodable {
    var version = 1
    var kind = "attack-with"
    var verdict: RouteVerdict
    var weakened: [WeakenableControl]
    var seconds: Double
    var executables: [UserAttackReport.Row]
  }

  /// One row an executable.
  public static func table(_ report: UserAttackReport) -> String {
    var table = TextTable()
    table.add(["executable", "verdict", "control", "seen"])
    for row in report.rows {
      table.add([row.name, row.verdict.rawValue, row.control, row.because ?? ""])
    }
    let outboxes = report.rows.flatMap { row in
      row.outbox.map { "outbox of \(row.name): \($0.name), \($0.size) bytes\n" }
    }
    return table.text + outboxes.joined()
  }

  /// A user attack's report in a stable shape.
  public static func json(_ report: UserAttackReport) -> String {
    encoded(
      UserShape(
        verdict: report.verdict, weakened: report.weakened, seconds: rounded(report.seconds),
        executables: report.rows))
  }
}
