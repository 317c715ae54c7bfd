import Dispatch
import Foundation
import Testing

/// What a process said, byte for byte.
struct Said: CustomStringConvertible, Sendable {
  var command: String
  var status: Int32
  var output: Data
  var errors: Data

  var text: String { String(decoding: output, as: UTF8.self) }
  var complaint: String { String(decoding: errors, as: UTF8.self) }
  var line: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

  /// What a failing expectation shows.
  var description: String {
    "\(command)\nended with \(status)\n\(text.suffix(2_000))\n\(complaint.suffix(2_000))"
  }
}

/// A process that runs beside the test.
final class Running: @unchecked Sendable {
  private let command: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let errors = Pipe()
  private let ended = DispatchSemaphore(value: 0)
  private let readers = DispatchGroup()
  private let lock = NSLock()
  private var said = (output: Data(), errors: Data())

  var identifier: Int32 { process.processIdentifier }

  /// Starts `words`, found in the usual folders.
  init(_ words: [String], environment: [String: String] = [:], in folder: String? = nil) throws {
    // A child that does not read its input is no reason to end the tests.
    _ = Foundation.signal(SIGPIPE, SIG_IGN)
    command = words.joined(separator: " ")
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
    read(output) { $0.said.output += $1 }
    read(errors) { $0.said.errors += $1 }
  }

  private func read(_ pipe: Pipe, _ keep: @escaping @Sendable (Running, Data) -> Void) {
    readers.enter()
    Thread.detachNewThread { [self] in
      while true {
        let part = pipe.fileHandleForReading.availableData
        if part.isEmpty { break }
        lock.withLock { keep(self, part) }
      }
      readers.leave()
    }
  }

  func write(_ data: Data) { try? input.fileHandleForWriting.write(contentsOf: data) }

  func closeInput() { try? input.fileHandleForWriting.close() }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until `marker` was printed.
  func waitFor(_ marker: String, seconds: Double = 60, at location: SourceLocation = #_sourceLocation) throws
  {
    try wait(until: "'\(marker)' from \(command)", seconds: seconds, at: location) {
      lock.withLock { String(decoding: said.output + said.errors, as: UTF8.self).contains(marker) }
    }
  }

  /// Closes its input and waits for its end; what takes too long is killed and fails the test.
  func finish(seconds: Double = 120) throws -> Said {
    closeInput()
    if ended.wait(timeout: .now() + seconds) == .timedOut {
      kill(process.processIdentifier, SIGKILL)
      throw TookTooLong(what: command)
    }
    // A process that went into the background may hold the pipes open.
    _ = readers.wait(timeout: .now() + 5)
    return lock.withLock {
      let status =
        process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
      return Said(command: command, status: status, output: said.output, errors: said.errors)
    }
  }
}

struct TookTooLong: Error, CustomStringConvertible {
  var what: String
  var description: String { "took too long: \(what)" }
}

/// Runs `words` to their end.
@discardableResult
func run(
  _ words: [String], input: Data = Data(), environment: [String: String] = [:], in folder: String? = nil,
  seconds: Double = 120
) throws -> Said {
  let running = try Running(words, environment: environment, in: folder)
  if !input.isEmpty {
    let feeder = Thread {
      running.write(input); running.closeInput()
    }
    feeder.start()
    while !feeder.isFinished { usleep(2_000) }
  }
  return try running.finish(seconds: seconds)
}

/// What `body` makes of each of `items`, in their order: two at a time, each on a thread of its own, for work that waits
/// for other processes.
func sideBySide<Item: Sendable, Made: Sendable>(
  _ items: [Item], _ body: @escaping @Sendable (Item) throws -> Made
) async throws -> [Made] {
  try await withThrowingTaskGroup(of: (Int, Made).self) { group in
    var made: [Int: Made] = [:]
    for (place, item) in items.enumerated() {
      if place >= 2, let (done, one) = try await group.next() { made[done] = one }
      group.addTask {
        try await withCheckedThrowingContinuation { continuation in
          let thread = Thread {
            continuation.resume(with: Result { (place, try body(item)) })
          }
          thread.stackSize = 8 << 20
          thread.start()
        }
      }
    }
    for try await (done, one) in group { made[done] = one }
    return items.indices.compactMap { made[$0] }
  }
}

/// Asks until it is so.
func wait(
  until what: String, seconds: Double = 30, at location: SourceLocation = #_sourceLocation,
  _ isSo: () throws -> Bool
) throws {
  let deadline = Date().addingTimeInterval(seconds)
  while try !isSo() {
    guard Date() < deadline else {
      Issue.record("waited \(seconds) s for \(what)", sourceLocation: location)
      throw TookTooLong(what: what)
    }
    usleep(20_000)
  }
}
