import Glibc

/// What a small tool of the host said when it ended.
public struct CommandResult: Sendable, Equatable {
  /// How it ended.
  public var status: ProcessEnding
  /// What it wrote, output and errors together, at most 64 KiB.
  public var output: [UInt8]

  /// `output` as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a tool of the host, such as mkfs, with nothing inherited: no environment, no descriptors.
public enum HostTool {
  /// Runs it to its end.
  public static func run(_ path: String, _ arguments: [String]) throws(LaunchError) -> CommandResult {
    let plan = LaunchPlan(
      descriptors: ["null", "output", "errors"],
      steps: [
        .dieWithParent,
        .execute(path, arguments: [path] + arguments, environment: ["PATH=/usr/sbin:/usr/bin"]),
      ])
    do {
      let null = try FileDescriptor(opening: "/dev/null", flags: O_RDWR)
      let pipe = try Pipe()
      let launched = try start(plan, null: null.rawValue, output: pipe.writeEnd.rawValue)
      let readEnd = pipe.closingWriteEnd()
      let output = try readEnd.readToEnd(limit: 65_536)
      try launched.confirm()
      return CommandResult(status: launched.process.waitBlocking(), output: output)
    } catch let error as SystemError {
      throw .fork(error)
    } catch let error as LaunchError {
      throw error
    } catch {
      throw .fork(SystemError(code: EIO, call: path))
    }
  }

  private static func start(_ plan: LaunchPlan, null: CInt, output: CInt) throws(LaunchError) -> Launched {
    try plan.launch(["null": null, "output": output, "errors": output])
  }
}
