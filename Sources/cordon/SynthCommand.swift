import ArgumentParser
import CordonAWS
import CordonModel
import CordonSpec
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

      README.md beside them has the order again, and what is done by hand. The folder changes at once or not at all; what else
      lies in it stays, and templates that are no longer made are named. The exit code is 0, or 2 where the environment
      cannot be expressed.

        cordon synth organization.yaml --out build

      A file with 'accounts' makes a folder for each account, build/NAME; each is deployed with that account's credentials.

        cordon synth cordon.yaml --diff deployed

      says what would change in the words of the controls, and writes nothing. The exit code is 0 where nothing becomes weaker,
      1 where something does, and 3 where something changes of which a property alone does not say which way: prove both.
      """)

  @Argument(help: "The environment's spec.", completion: .file(extensions: ["yaml"]))
  var spec = "cordon.yaml"

  @Option(help: "The folder to write to; made where it is missing.", completion: .directory)
  var out: String?

  @Option(
    help: "A folder with the templates that are deployed: say what would change, and write nothing.",
    completion: .directory)
  var diff: String?

  @OptionGroup var account: AccountOption

  @Option(help: "text, or json for scripts")
  var format = OutputFormat.text

  func run() throws {
    if let diff {
      return try compare(
        try Self.templates(of: SpecFile.load(spec, account: account), in: spec).1, with: diff)
    }
    guard let out else {
      throw Failure("say where to: --out build, or what to compare with: --diff deployed")
    }
    let every = try SpecFile.loadEvery(spec, account: account)
    // All of them can be expressed before any of them is written.
    let made = try every.map { read in
      (account: every.count > 1 ? read.account?.text : nil, try Self.templates(of: read, in: spec))
    }
    var listed: [Stack] = []
    for (account, (stacks, files)) in made {
      let folder = account.map { out.hasSuffix("/") ? out + $0 : "\(out)/\($0)" } ?? out
      try write(stacks, files, to: folder)
      listed += files.map {
        Stack(account: account, name: $0.stack, resources: $0.resources, bytes: $0.text.utf8.count)
      }
    }
    if format == .json { try Console.json(listed) }
  }

  private func write(_ stacks: StackSet, _ files: [StackTemplate], to out: String) throws {
    let readme = (name: "README.md", text: stacks.guide(files))
    let others = try WholeFolder(path: out).write(files.map { ($0.name, $0.text) } + [readme])
    // A stack of an earlier run would be proved and deployed with the others.
    for name in others where name.hasSuffix(".yaml") {
      Console.progress(
        "synth: \(Console.printable(name)) in \(Console.printable(out)) is not of this environment")
    }
    guard format == .text else { return }
    for file in files {
      let note = file.needsBucket ? "  (over 51,200 bytes: deploy it from a bucket)" : ""
      print("\(out)/\(file.name)  \(file.resources) resources, \(file.text.utf8.count) bytes\(note)")
    }
  }

  /// The stacks of a spec, and their templates in the order they are deployed.
  static func templates(of read: Specification, in spec: String) throws -> (StackSet, [StackTemplate]) {
    do throws(SynthesisError) {
      let stacks = try Synthesis.stacks(of: read.environment)
      return (stacks, try stacks.templates())
    } catch {
      throw Failure("\(error.place.flatMap { read.places[$0] }.map { "\($0)" } ?? spec): \(error)")
    }
  }

  /// A stack as `--format json` shows it.
  private struct Stack: Encodable {
    /// The account's name, where the file has several.
    var account: String?
    var name: String
    var resources: Int
    var bytes: Int
  }
}
