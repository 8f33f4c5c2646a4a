param hubName string
param account string
param tag string = 'Internet'

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' existing = {
  name: hubName

  resource data 'outboundRules' = {
    name: 'data'
    properties: {
      type: 'FQDN'
      destination: '${account}.table.core.windows.net'
    }
  }

  resource any 'outboundRules' = {
    name: 'any'
    properties: {
      type: 'ServiceTag'
      destination: {
        serviceTag: tag
        protocol: 'TCP'
        portRanges: '443'
      }
    }
  }
}
