import ArgumentParser
import CordonIdentity
import CordonModel
import CordonRuntime
import Foundation

/// Who may sign in to the portal.
struct PeopleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "people", abstract: "Invite people to the portal, and take their accounts away.",
    discussion: """
        cordon people list
        cordon people invite scientist-1
        cordon people disable scientist-1

      The people are those of cordon.yaml. Everything that is done here is in the ledger as soon as the gateway runs.
      """,
    subcommands: [List.self, Invite.self, Reset.self, Disable.self])

  /// How many people `up` invites by itself.
  private static let firstLinks = 5

  /// What `up` says to whom nobody has given a link yet: theirs, once. Where an organisation's provider says who people
  /// are, there is none to give.
  static func firstLinks(_ environment: CordonModel.Environment, folder: StateFolder) async throws -> [String]
  {
    guard let portal = environment.portal, portal.signIn == .local else { return [] }
    let register = try PeopleRegister(folder: folder.identity, people: environment.people)
    let new = try await register.entries().filter { $0.standing == .uninvited }.map(\.person.name)
    guard new.count <= firstLinks else {
      return ["\(new.count) people have no account yet; let each in with: cordon people invite NAME"]
    }
    var lines: [String] = []
    for name in new {
      let link = try await doing { try await register.invite(name) }.link(origin: portal.origin)
      lines.append("first sign-in of \(name), once, within three days: \(link)")
    }
    return lines
  }

  /// The identity state that a command is about.
  struct Place {
    var register: PeopleRegister
    var origin: String

    init(_ options: EnvironmentOptions) throws {
      let folder = try options.folder()
      guard let spec = try options.spec ?? folder.recordedSpec() else {
        throw Failure(
          "no environment is in \(folder.path); bring one up with: cordon up cordon.yaml", code: 1)
      }
      guard FileManager.default.fileExists(atPath: folder.path) else {
        throw Failure("nothing was brought up from \(spec) yet; do it with: cordon up \(spec)", code: 1)
      }
      let environment = try SpecFile.read(spec)
      guard let portal = environment.portal else {
        throw Failure("\(spec) has no portal; add one with the line: portal: {}")
      }
      origin = portal.origin
      register = try PeopleRegister(folder: folder.identity, people: environment.people)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show who has an account, a link or a session.",
      discussion: """
          cordon people list
          cordon people list --format json
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Option(help: "text or json")
    var format = OutputFormat.text

    func run() async throws {
      let rows = try await Place(environment).register.entries().map(Row.init)
      guard format == .text else { return try Console.json(rows) }
      guard !rows.isEmpty else { return print("the spec names nobody; add them under people:") }
      let head = ["person", "roles", "projects", "account", "sessions", "last used"]
      print(Console.table([head] + rows.map(\.cells)))
    }

    private struct Row: Encodable {
      var name: String
      var roles: [String]
      var projects: [String]
      var account: String
      var linkEnds: Date?
      var sessions: Int
      var lastUsed: Date?

      init(_ entry: PeopleRegister.Entry) {
        name = entry.person.name.text
        roles = entry.person.roles.map(\.rawValue)
        projects = entry.person.projects.map(\.text)
        account = entry.standing.rawValue
        linkEnds = entry.linkEnds.map { Date(timeIntervalSince1970: Double($0)) }
        sessions = entry.sessions
        lastUsed = entry.used.map { Date(timeIntervalSince1970: Double($0)) }
      }

      var cells: [String] {
        [
          name, roles.joined(separator: " "), projects.isEmpty ? "-" : projects.joined(separator: " "),
          account,
          "\(sessions)", lastUsed.map { $0.formatted(.iso8601) } ?? "-",
        ]
      }
    }
  }

  struct Invite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a one-time link for somebody without an account.",
      discussion: """
          cordon people invite scientist-1

        The link is good once and for three days; a newer one takes its place. Hand it over in person or by a channel that
        nobody else reads: whoever opens it first has the account.
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Argument(help: "The person's name in cordon.yaml.")
    var name: String

    @Option(help: "text or json")
    var format = OutputFormat.text

    func run() async throws {
      let place = try Place(environment)
      try PeopleCommand.show(
        try await PeopleCommand.doing { try await place.register.invite(try PeopleCommand.slug(name)) },
        at: place, format)
    }
  }

  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take password, authenticator and sessions away, and print a new link.",
      discussion: """
          cordon people reset scientist-1

        For a lost authenticator, or an account that somebody else may know. It also lets a disabled account in again.
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Argument(help: "The person's name in cordon.yaml.")
    var name: String

    @Option(help: "text or json")
    var format = OutputFormat.text

    func run() async throws {
      let place = try Place(environment)
      try PeopleCommand.show(
        try await PeopleCommand.doing { try await place.register.reset(try PeopleCommand.slug(name)) },
        at: place, format)
    }
  }

  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let somebody in no more, and end every session at its next use.",
      discussion: """
          cordon people disable scientist-1
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Argument(help: "The person's name in cordon.yaml.")
    var name: String

    @Option(help: "text or json")
    var format = OutputFormat.text

    func run() async throws {
      let place = try Place(environment)
      try await PeopleCommand.doing { try await place.register.disable(try PeopleCommand.slug(name)) }
      if format == .json { return try Console.json(["person": name, "account": "disabled"]) }
      print("\(name) is disabled; let them in again with: cordon people reset \(name)")
    }
  }

  private static func slug(_ name: String) throws -> Slug {
    do { return try Slug(name, kind: "person name") } catch { throw Failure("\(error)") }
  }

  private static func doing<Result>(_ act: () async throws -> Result) async throws -> Result {
    do { return try await act() } catch let refusal as PeopleRegister.Refusal { throw Failure("\(refusal)") }
  }

  private static func show(
    _ invitation: PeopleRegister.Invitation, at place: Place, _ format: OutputFormat
  ) throws {
    let link = invitation.link(origin: place.origin)
    let ends = Date(timeIntervalSince1970: Double(invitation.ends)).formatted(.iso8601)
    if format == .json {
      return try Console.json(["person": invitation.person.text, "link": link, "ends": ends])
    }
    print(link)
    Console.progress("for \(invitation.person), once, until \(ends); it cannot be shown again")
  }
}
