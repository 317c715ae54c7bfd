import ArgumentParser
import CordonAWS
import CordonPolicy
import CordonProof

/// Proves every way out closed, or shows it open with a request that walks it.
struct ProveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove every way out closed, or show it open with a request that walks it.",
    discussion: """
      Prints the egress map: eight paths, each with its routes, each route closed (by which controls, with their place),
      open (with a request that a person can run, and the one change that closes it) or unknown (what is not modelled or
      not in the files). A path is closed only if all of its routes are. An environment file is judged as this machine would
      run it, and, where it has 'aws:', as the templates that 'cordon synth' makes of it would run on AWS. Of a file with
      'accounts' every account is judged on AWS, each route as bad as it is in the worst of them.

        cordon prove cordon.yaml
        cordon prove cordon.yaml --explain s3-foreign-bucket
        cordon prove cordon.yaml --depth
        cordon prove cordon.yaml --target aws
        cordon prove organization.yaml --account research
        cordon prove cordon.yaml --format html --output egress-map.html
        cordon prove cordon.yaml --format sarif --output egress.sarif
        cordon prove cordon.yaml --baseline last-release.json
        cordon prove stacks/ --require all
        cordon prove cordon.yaml --weaken dns-allowlist
        cordon prove network.yaml roles.yaml --parameter OrgId=o-acme123456
        cordon prove stacks/
        cordon prove --plan plan.json --assume organization=o-acme123456
        cordon prove --assume list
        cordon prove --live --region eu-west-1 --role arn:aws:iam::111122223333:role/cordon-reader
        cordon prove --live cordon.yaml --save today.json
        cordon prove --snapshot today.json
        cordon prove --permissions

      --live reads what runs in the account of the AWS credentials at hand, by calls that change nothing and read neither
      data nor secrets; with an environment file, what differs from the stacks that it would make is named on standard
      error. A call that is denied leaves the routes that it feeds unknown.

      Below the map stands what templates of AWS promise beside closed ways out: safeguards, each held, lost or unknown. They
      decide nothing unless --require demands them, by name, by kind or all: one that is lost then counts as open.

      The exit code is 0 where every route is closed, 1 where one is open, 3 where one is unknown and none is open, 2 where
      the input is wrong. With --baseline it is 0 where nothing got worse since.
      """)

  @Argument(
    help: "A cordon.yaml; or CloudFormation templates (YAML or JSON, several stacks), or a folder of them.",
    completion: .file())
  var files: [String] = []

  @Option(help: "What of an environment file is judged: local, aws or both.")
  var target = ProveTarget.both

  @OptionGroup var chosen: AccountOption

  @Option(help: "A Terraform plan, as 'terraform show -json' writes it.", completion: .file())
  var plan: String?

  @Option(name: .long, parsing: .singleValue, help: "A template's parameter, NAME=VALUE or STACK/NAME=VALUE.")
  var parameter: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: "Something that the files do not show, NAME=VALUE; or list, for the names.")
  var assume: [String] = []

  @Option(help: "text, json, sarif, junit, html, or svg for the picture alone")
  var format = ProveFormat.text

  @Option(help: "A file for the map instead of standard output.", completion: .file())
  var output: String?

  @Option(help: "Show how one route was decided, step by step.")
  var explain: String?

  @Option(help: "An earlier --format json: fail only on what got worse since.", completion: .file())
  var baseline: String?

  @Flag(help: "Also say which single control's loss would open a route.")
  var depth = false

  @Option(
    name: .long, parsing: .singleValue,
    help: "Fail where this safeguard is lost: its name, its kind, or all; can be given several times.")
  var require: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: "Prove with this control off, as 'cordon attack --weaken' runs it; can be given several times.")
  var weaken: [String] = []

  @OptionGroup(title: "What runs in an account") var account: LiveOptions

  @Option(help: "Prove what --live --save wrote earlier.", completion: .file())
  var snapshot: String?

  func run() async throws {
    if assume == ["list"] { return listAssumptions() }
    if account.permissions { return print(LivePermissions.policy.written(.readable)) }
    var map = account.live ? try await proveLive() : try prove()
    try demand(of: &map)
    if let explain { return try show(explain, of: map) }
    // Read before anything is written: the output may be the same file.
    let earlier = try baseline.map { try readBaseline($0) }
    try write(render(map))
    if let earlier { return try judge(map, against: earlier) }
    try end(with: map.outcome)
  }
}
