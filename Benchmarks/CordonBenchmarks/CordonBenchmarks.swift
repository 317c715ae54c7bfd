import CordonLinux
import FoundationEssentials
import Glibc

/// Measures what can be measured inside one process. `bench/run` starts it, sets each figure beside its peer's, and
/// prints the table; docs/performance.md says how to read it.
@main
struct CordonBenchmarks {
  private static let usage = """
    usage: CordonBenchmarks policy FILE SECONDS
           CordonBenchmarks start FOLDER RUNS
           CordonBenchmarks signature SECONDS
           CordonBenchmarks ledger FOLDER SECONDS
    """

  static func main() async {
    do {
      print(try await result(of: Array(CommandLine.arguments.dropFirst())))
    } catch {
      // There is nobody left to tell where standard error cannot be written.
      _ = try? BorrowedDescriptor(2).write(Array("CordonBenchmarks: \(error)\n".utf8)[...])
      exit(1)
    }
  }

  private static func result(of arguments: [String]) async throws -> String {
    switch (arguments.first, arguments.count) {
    case ("policy", 3):
      return try json(PolicyBenchmark(file: arguments[1]).measure(for: seconds(arguments[2])))
    case ("start", 3):
      let runs = Int(arguments[2]) ?? 0
      guard runs > 0 else { throw Misuse(usage) }
      return try json(StartBenchmark(folder: arguments[1]).measure(runs: runs))
    case ("signature", 2): return try json(SignatureBenchmark().measure(for: seconds(arguments[1])))
    case ("ledger", 3):
      return try json(await LedgerBenchmark(folder: arguments[1]).measure(for: seconds(arguments[2])))
    default: throw Misuse(usage)
    }
  }

  private static func seconds(_ text: String) throws -> Duration {
    guard let seconds = Double(text), seconds > 0, seconds <= 3_600 else { throw Misuse(usage) }
    return .seconds(seconds)
  }

  private static func json(_ result: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(result), as: UTF8.self)
  }
}

/// A call that means nothing.
struct Misuse: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
