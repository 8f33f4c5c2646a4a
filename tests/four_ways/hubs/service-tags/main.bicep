resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-tags'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
    }
  }
}

resource internet 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'internet'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'Internet'
      protocol: 'TCP'
      portRanges: '443'
    }
  }
}

resource cloud 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'cloud'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'AzureCloud.westeurope'
      protocol: '*'
      portRanges: '*'
    }
  }
}

resource storage 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'storage'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'Storage.WestEurope'
      protocol: 'TCP'
      portRanges: '443'
    }
  }
}

resource factory 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'factory'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'DataFactory'
      protocol: 'TCP'
      portRanges: '80, 443, 8080-8090'
    }
  }
}

resource backwards 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'backwards'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'AzureMonitor'
      protocol: 'UDP'
      portRanges: '9000-8000'
    }
  }
}

resource invented 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'invented'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'ContosoCloud'
      protocol: 'TCP'
      portRanges: '443'
    }
  }
}

resource denied 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'denied'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'Internet'
      action: 'Deny'
      protocol: 'TCP'
      portRanges: '443'
    }
  }
}

resource prefixes 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {
  parent: hub
  name: 'prefixes'
  properties: {
    type: 'ServiceTag'
    category: 'UserDefined'
    destination: {
      serviceTag: 'DataFactory'
      addressPrefixes: ['0.0.0.0/0']
      protocol: 'TCP'
      portRanges: '443'
    }
  }
}
