import ArgumentParser
import CordonAWS
import Foundation

/// Writes the environment as CloudFormation.
struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Write the environment as CloudFormation templates, one stack a concern.",
    discussion: """
      The templates are commented and the same byte for byte for the same cordon.yaml. They come from the documents that the
      gateway enforces. Read them, prove them, then deploy the stacks in the order that is printed:

        cordon synth cordon.yaml --out build
        cordon prove build
        aws cloudformation deploy --stack-name NAME --template-file build/NAME.yaml --capabilities CAPABILITY_NAMED_IAM

      Every template is made before the first is written; templates in the folder that are no longer made are named, not
      removed. The exit code is 0, or 2 where the environment cannot be expressed.
      """)

  @Argument(help: "The environment's spec.", completion: .file(extensions: ["yaml"]))
  var spec = "cordon.yaml"

  @Option(help: "The folder to write to; made where it is missing.", completion: .directory)
  var out: String

  @Option(help: "text, or json for scripts")
  var format = OutputFormat.text

  func run() throws {
    let files = try Self.templates(of: spec)
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      for file in files {
        try Data(file.text.utf8).write(to: URL(filePath: out).appending(path: file.name), options: .atomic)
      }
    } catch {
      throw Failure("cannot write to \(out): \(error.localizedDescription)")
    }
    try warn(of: files)
    guard format == .text else {
      return try Console.json(
        files.map { Stack(name: $0.stack, resources: $0.resources, bytes: $0.text.utf8.count) })
    }
    for file in files {
      let note = file.needsBucket ? "  (over 51,200 bytes: deploy it from a bucket)" : ""
      print("\(out)/\(file.name)  \(file.resources) resources, \(file.text.utf8.count) bytes\(note)")
    }
  }

  /// The templates of a spec, in the order they are deployed.
  static func templates(of spec: String) throws -> [StackTemplate] {
    let environment = try SpecFile.read(spec)
    do throws(SynthesisError) {
      return try Synthesis.stacks(of: environment).templates()
    } catch {
      throw Failure("\(spec): \(error)")
    }
  }

  /// A stack of an earlier run would be proved and deployed with the others.
  private func warn(of files: [StackTemplate]) throws {
    let made = Set(files.map(\.name))
    let found = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
    for name in found where name.hasSuffix(".yaml") && !made.contains(name) {
      Console.progress(
        "synth: \(Console.printable(name)) in \(Console.printable(out)) is not of this environment")
    }
  }

  /// A stack as `--format json` shows it.
  private struct Stack: Encodable {
    var name: String
    var resources: Int
    var bytes: Int
  }
}
