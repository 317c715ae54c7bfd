import ArgumentParser
import CordonModel
import CordonRuntime
import CordonSandbox
import Foundation

/// What `up` and the gateway both take.
struct BringUpOptions: ParsableArguments {
  @Option(
    name: .long, help: "The state folder; by default /var/lib/cordon/NAME for root.", completion: .directory)
  var state: String?

  @Option(name: .long, help: "A drill's settings file. Only for folders that never held real data.")
  var drill: String?

  @Option(
    name: .long, parsing: .singleValue,
    help: "A control to switch off, in a drill: \(Control.allCases.map(\.rawValue).joined(separator: ", ")).")
  var weaken: [String] = []

  /// The environment with the people who may be let in; in a drill only who visits it.
  func peopled(_ spec: String) throws -> CordonModel.Environment {
    let environment = try SpecFile.read(spec)
    guard let drill else { return environment }
    let settings = try DrillSettings.read(drill)
    var twin = try settings.applied(to: environment, weakened: [])
    twin.people.removeAll { $0.name.text != settings.visit?.person }
    return twin
  }

  func options(spec: String) throws -> EnvironmentLauncher.Options {
    let environment = try SpecFile.read(spec)
    let controls = try weaken.map { name in
      guard let control = Control(rawValue: name) else {
        throw Failure(
          "no control is called '\(name)'; use one of: \(Control.allCases.map(\.rawValue).joined(separator: ", "))"
        )
      }
      return control
    }
    guard controls.isEmpty || drill != nil else {
      throw Failure("--weaken is for drills only; use cordon attack --weaken, or name a --drill file")
    }
    let folder = state.map(StateFolder.init(path:)) ?? .standard(for: environment.name)
    return EnvironmentLauncher.Options(spec: spec, folder: folder, weakened: Set(controls), drill: drill)
  }
}

/// Brings an environment up.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Bring an environment up and return when its workspaces are ready.",
    discussion: """
      Doing it twice changes nothing; after the spec, or a policy, data or lock file of it, changed, it drains and starts
      anew. The exit code is 1 where the environment does not come up, 2 where the spec or the call is wrong.

        cordon up cordon.yaml
        cordon up cordon.yaml --state ./state --foreground
        cordon up cordon.yaml --systemd
      """)

  @Argument(help: "The environment's cordon.yaml.")
  var spec = "cordon.yaml"

  @OptionGroup var bringUp: BringUpOptions

  @Flag(help: "Run the gateway in the foreground until it is stopped.")
  var foreground = false

  @Flag(help: "Install and start a systemd unit instead of a process of its own.")
  var systemd = false

  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() async throws {
    let options = try bringUp.options(spec: spec)
    guard !foreground || !systemd else {
      throw Failure("--foreground and --systemd exclude each other; leave one out")
    }
    if foreground { return try await GatewayCommand.run(options, readyDescriptor: nil) }
    if systemd {
      let unit = try SystemdUnit(options).install()
      return Console.progress("started \(unit); look at it with: systemctl status \(unit)")
    }
    let started = ContinuousClock.now
    let outcome: EnvironmentLauncher.Outcome
    let status: EnvironmentStatus
    do {
      outcome = try EnvironmentLauncher(options, progress: { Console.progress($0) }).up()
      status = try ControlClient(options.folder).status()
    } catch let failure as EnvironmentLauncher.Failure {
      throw Failure(failure.description, code: failure.isInput ? 2 : 1)
    } catch {
      throw Failure("\(error)", code: 1)
    }
    if format == .json { return try Console.json(status) }
    let elapsed = ContinuousClock.now - started
    let word =
      switch outcome {
      case .started: "is up"
      case .alreadyUp: "is up already"
      case .restarted: "is up again, with what changed"
      }
    print("\(status.environment) \(word) (\(Self.seconds(elapsed)) s, state in \(options.folder.path))")
    for workspace in status.workspaces {
      print("  workspace \(workspace.name)  project \(workspace.project)  doors \(workspace.endpoints.count)")
    }
    if let portal = status.portal {
      print("  portal \(portal)")
      for line in try await PeopleCommand.firstLinks(bringUp.peopled(spec), folder: options.folder) {
        print("  \(line)")
      }
    }
    print(
      "Run a command in it: cordon exec --state \(options.folder.path) \(status.workspaces.first?.name ?? "NAME") -- bash"
    )
  }

  static func seconds(_ duration: Duration) -> String {
    let hundredths = Int(duration / .milliseconds(10))
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
