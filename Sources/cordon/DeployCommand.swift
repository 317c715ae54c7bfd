import ArgumentParser
import CordonAWS
import CordonModel
import CordonPolicy
import CordonProof
import Foundation

/// Deploys synthesised stacks, each shown first, in an order in which they can be.
struct DeployCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy",
    abstract: "Deploy the stacks of a folder by change sets that are shown first.",
    discussion: """
      The folder is proved first, and nothing is deployed unless every route is closed, or was accepted by name. The stacks come in the
      order of what they give to each other; templates that a catalog offers are put into its bucket. Of each the change set is shown in words, and carried out after a yes; its events
      are shown as they come. Where CloudFormation takes a stack back, the resource that failed first is named, and the
      stacks behind it are left alone.

        cordon synth cordon.yaml --out build
        cordon deploy build
        cordon deploy build --yes --region eu-west-1 --role arn:aws:iam::111122223333:role/deployer
        cordon deploy build --only acme-network
        cordon deploy build --accept-open git-out

      The credentials must be of the account that the folder was written for. Policies of the organisation are made with its
      management account's: with others they are left, and it is said what to type.

      The exit code is 0 where every stack stands as it is written, 1 where one was taken back or a route is not closed, 2 where
      the input is wrong, the credentials are of another account, or nobody said yes.
      """)

  @Argument(help: "A folder of templates, as cordon synth writes it.", completion: .directory)
  var folder: String

  @Flag(help: "Carry every change set out without asking.")
  var yes = false

  @Option(name: .long, parsing: .singleValue, help: "This stack and no other; can be given several times.")
  var only: [String] = []

  @Option(
    name: .customLong("accept-open"), parsing: .singleValue,
    help: "A route that need not be closed; can be given several times.")
  var accepted: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: "Something that the templates do not show, as cordon prove takes it.")
  var assume: [String] = []

  @Option(help: "The region (default: AWS_REGION).")
  var region: String?

  @Option(help: "A role to deploy as.")
  var role: String?

  @Option(help: "A profile of the AWS CLI's files.")
  var profile: String?

  func run() async throws {
    let order = try stacks()
    try judge(order)
    let session = try await AccountSession(
      regions: [region].compactMap(\.self), roles: [role].compactMap(\.self), profile: profile)
    guard let place = session.places.first else { throw Failure("no place to deploy to") }
    let deployer = StackDeployer(LiveClient(place, transport: session.transport))
    let (stacks, rest) = try await divided(order, deployer)
    if let rest { Console.progress(Console.printable(rest)) }
    for stack in stacks { try await deploy(stack, deployer) }
    if let rest { throw Failure(Console.printable(rest)) }
  }

  /// The stacks that the credentials are for, and what is left of the others; nothing is changed for anybody else's.
  private func divided(
    _ order: [StackOrder.Stack], _ deployer: StackDeployer
  ) async throws -> (now: [StackOrder.Stack], rest: String?) {
    let caller: String
    do throws(StackDeployer.Problem) { caller = try await deployer.caller() } catch {
      throw Failure(Console.printable("whose the credentials are is not known: \(error.words)"))
    }
    let isForAll = !order.contains(where: \.isOfTheOrganization)
    let management = isForAll ? nil : await deployer.managementAccount()
    do throws(StackDivision.Problem) {
      let division = try StackDivision(order, caller: caller, management: management)
      return (division.now, division.rest(folder: folder, management: management, caller: caller))
    } catch {
      throw Failure(Console.printable(error.words(folder: folder)))
    }
  }

  // MARK: Before anything is called

  private func stacks() throws -> [StackOrder.Stack] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder).sorted() else {
      throw Failure(
        "cannot read the folder \(Console.printable(folder)); write it with: cordon synth --out \(Console.printable(folder))"
      )
    }
    let slash = folder.hasSuffix("/") ? folder : folder + "/"
    let files = try names.filter(DeploymentReader.isCandidate(name:)).map { name in
      SourceFile(name: name, bytes: try ProveCommand.source(slash + name).bytes)
    }
    let templates = DeploymentReader.deployments(among: files)
    guard !templates.isEmpty else { throw Failure("\(Console.printable(folder)) holds no template") }
    let order: StackOrder
    do throws(StackOrder.Problem) { order = try StackOrder(templates) } catch {
      throw Failure(Console.printable("\(error)"))
    }
    for name in only where !order.stacks.contains(where: { $0.name == name }) {
      let all = order.stacks.map(\.name)
      let nearest = Spelling.nearest(to: name, among: all)
      throw Failure(
        "no stack is called '\(Console.printable(name))'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
          + " There are: \(Console.printable(all.joined(separator: ", ")))")
    }
    let chosen = order.stacks.filter { only.isEmpty || only.contains($0.name) }
    for stack in chosen {
      guard stack.open.isEmpty else {
        throw Failure(
          "\(stack.name) has parameters without a default (\(stack.open.joined(separator: ", "))): deploy it with "
            + "aws cloudformation deploy --parameter-overrides")
      }
      guard stack.text.utf8.count <= StackOrder.mostInlineBytes else {
        throw Failure(
          "\(stack.name) is over 51,200 bytes, which CloudFormation takes from a bucket only: aws cloudformation deploy "
            + "--stack-name \(stack.name) --template-file \(slash)\(stack.name).yaml --s3-bucket BUCKET "
            + "--capabilities CAPABILITY_NAMED_IAM; then the others with --only")
      }
    }
    return chosen
  }

  /// Nothing is deployed that is not closed.
  private func judge(_ order: [StackOrder.Stack]) throws {
    let names = CloudProof.routes.map(\.name)
    for name in accepted where !names.contains(name) {
      let nearest = Spelling.nearest(to: name, among: names)
      throw Failure(
        "no route is called '\(Console.printable(name))'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
    }
    // What the folder says of its account need not be said again.
    let stated = Set(order.compactMap(\.account))
    let place = assume.contains { $0.hasPrefix("account=") } ? [] : stated.map { "account=\($0)" }
    let prove = try ProveCommand.parse(
      [folder] + (assume + (place.count == 1 ? place : [])).flatMap { ["--assume", $0] })
    let map = try prove.prove()
    let left = map.paths.flatMap(\.routes).filter { $0.verdict != .closed && !accepted.contains($0.route) }
    guard left.isEmpty else {
      for route in left {
        Console.progress("\(route.route): \(route.verdict.rawValue): \(Console.printable(route.title))")
      }
      Console.progress(
        "nothing was deployed: \(left.count) routes are not closed. See them: cordon prove \(Console.printable(folder)); "
          + "accept one: --accept-open \(left[0].route)")
      throw Exit.bad
    }
    let routes = map.paths.flatMap(\.routes).count
    Console.progress("proved: \(routes - accepted.count) routes closed, \(accepted.count) accepted")
  }

  // MARK: One stack

  private func deploy(_ stack: StackOrder.Stack, _ deployer: StackDeployer) async throws {
    do throws(StackDeployer.Problem) {
      let name = "cordon-\(Int(Date().timeIntervalSince1970))"
      guard let plan = try await deployer.plan(stack, called: name) else {
        return print("\(stack.name): nothing changes")
      }
      show(plan, stack.offers)
      guard yes || agreed() else {
        try await deployer.discard(plan)
        throw StackDeployer.Problem.notWanted
      }
      for offer in stack.offers {
        try await deployer.put(offer)
        Console.progress(Console.printable("  \(offer.file): put into \(offer.bucket)"))
      }
      try await deployer.carryOut(plan) { event in
        let reason = event.reason.isEmpty ? "" : ": \(event.reason)"
        Console.progress(Console.printable("  \(event.status) \(event.name) \(event.type)\(reason)"))
      }
      print("\(stack.name): deployed")
    } catch {
      if error == .notWanted { throw Failure("\(stack.name): \(error.words)") }
      Console.progress(Console.printable("\(stack.name): \(error.words)"))
      throw Exit.bad
    }
  }

  private func show(_ plan: StackDeployer.Plan, _ offers: [StackOrder.Offer]) {
    print("\(plan.stack): \(plan.isNew ? "a new stack" : "a change"), \(plan.changes.count) resources")
    for offer in offers {
      print(Console.printable("  \(offer.file): is put into \(offer.bucket) for the catalog"))
    }
    for change in plan.changes { print(Console.printable("  \(change.name): \(change.words)")) }
  }

  private func agreed() -> Bool {
    guard isatty(STDIN_FILENO) == 1 else { return false }
    FileHandle.standardError.write(Data("deploy this? type yes: ".utf8))
    return readLine() == "yes"
  }
}
