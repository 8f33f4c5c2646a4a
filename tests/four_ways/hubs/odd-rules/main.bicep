resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-null'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {
        nowhere: {
          type: 'PrivateEndpoint'
          destination: { serviceResourceId: 'stcontoso', subresourceTarget: 'blob', sparkEnabled: true }
        }
        empty: { type: 'FQDN', destination: '' }
        ports: {
          type: 'ServiceTag'
          destination: { serviceTag: 'AzureMonitor', protocol: '*', portRanges: '0-65535' }
        }
        'dup-a': { type: 'FQDN', destination: 'a.fabrikam.example' }
        wide: { type: 'FQDN', destination: '*.fabrikam.example' }
      }
    }
  }
}
