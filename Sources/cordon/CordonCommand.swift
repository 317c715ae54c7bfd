import ArgumentParser
import CordonLinux
import Foundation

/// The root command; every subcommand has a file of its own.
@main
struct CordonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cordon",
    abstract: "A secure machine-learning environment whose ways out are closed, and shown to be.",
    discussion: """
      One cordon.yaml describes the environment. Bring it up, work in it, and attack it:

        cordon up examples/breast-cancer/cordon.yaml
        cordon exec diagnosis-1 -- python3 -c 'print("hello")'
        cordon attack examples/breast-cancer/cordon.yaml

      Exit codes: 0 good, 1 the answer is bad (denied, an attack got through, a record was altered), 2 the input or the
      call is wrong, 3 not known.
      """,
    version: "0.1.0",
    subcommands: [GatewayCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Environment",
        subcommands: [
          UpCommand.self, DownCommand.self, StatusCommand.self, ExecCommand.self, DoctorCommand.self,
        ]),
      CommandGroup(
        name: "Evidence",
        subcommands: [
          ProveCommand.self, AttackCommand.self, WorkCommand.self, LedgerCommand.self, SessionsCommand.self,
        ]),
      CommandGroup(
        name: "Policy",
        subcommands: [DecideCommand.self, ExplainCommand.self, CompareCommand.self, FindCommand.self]),
      CommandGroup(name: "Cloud", subcommands: [SynthCommand.self, CostCommand.self, DeployCommand.self]),
      CommandGroup(name: "People", subcommands: [PeopleCommand.self]),
      CommandGroup(name: "Packages", subcommands: [PackagesCommand.self]),
    ])

  static func main() async {
    StandardDescriptors.open()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Self.end(with: error)
    }
  }

  /// Ends the process as scripts expect: 2 for a wrong call, whatever ArgumentParser would choose.
  private static func end(with error: any Error) -> Never {
    if let verdict = error as? Exit { Foundation.exit(verdict.code) }
    if let failure = error as? Failure {
      Console.complain(failure.description)
      Foundation.exit(failure.code)
    }
    let code = Self.exitCode(for: error)
    let text = Self.fullMessage(for: error)
    guard code.isSuccess else {
      Console.complain(text)
      Foundation.exit(code == .validationFailure ? 2 : (code.rawValue == 1 ? 2 : code.rawValue))
    }
    print(text)
    Foundation.exit(0)
  }
}

/// The three descriptors that every program takes for granted.
enum StandardDescriptors {
  /// Opens /dev/null for each one that the caller has closed: the next socket or file would get its number, and
  /// be taken for the input or the output of a command.
  static func open() {
    for number: CInt in 0...2 where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is the one that is missing.
      guard let null = try? FileDescriptor(opening: "/dev/null", flags: O_RDWR), null.release() == number
      else { Foundation.exit(2) }
    }
  }
}
