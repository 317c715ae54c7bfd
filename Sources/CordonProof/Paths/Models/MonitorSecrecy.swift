import CordonModel

/// What a monitor's definition has beside isolation: a network of its own, should isolation be lost, and keys. None of it is a way
/// out by itself; each is a layer behind the one that holds.
struct MonitorSecrecy {
  /// What it does not have.
  private(set) var lost: [String] = []

  init(_ definition: CloudResource, _ estate: CloudEstate) {
    guard definition.type.hasSuffix("JobDefinition") else { return }
    let name = definition.id
    if definition["NetworkConfig", "VpcConfig"] == nil {
      lost.append("\(name) names no network: only isolation keeps its container in")
    }
    if estate.bool(definition["NetworkConfig", "EnableInterContainerTrafficEncryption"]).value != true {
      lost.append("the containers of \(name) talk to each other in the clear")
    }
    let keys = Set(estate.all("AWS::KMS::Key", "AWS::KMS::ReplicaKey").map { estate.arn($0) })
    func isSealed(_ value: CloudValue?) -> Bool { estate.text(value).value.map(keys.contains) ?? false }
    if !isSealed(definition["JobResources", "ClusterConfig", "VolumeKmsKeyId"]) {
      lost.append("no key of ours encrypts the volume of \(name)")
    }
    let outputs = definition.properties.members.filter { $0.name.hasSuffix("JobOutputConfig") }
    if !outputs.allSatisfy({ isSealed($0.value["KmsKeyId"]) }) {
      lost.append("no key of ours encrypts what \(name) finds")
    }
  }
}
